# Every library that is not ours, found by pkg-config, as PkgConfig::<NAME>.
# The Debian packages that bring them are listed once, in tools/packages.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

foreach(dependency IN ITEMS
    "CURL:libcurl>=7.88"
    "JANSSON:jansson>=2.14"
    "MICROHTTPD:libmicrohttpd>=0.9.75"
    "YAML:yaml-0.1>=0.2.5"
    "CRYPTO:libcrypto>=3.0"
    "PCRE2:libpcre2-8>=10.42"
    "ZLIB:zlib>=1.2.13"
    "ZSTD:libzstd>=1.5.4"
    "CHECK:check>=0.15")
  string(REPLACE ":" ";" pair ${dependency})
  list(GET pair 0 name)
  list(GET pair 1 module)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
endforeach()
