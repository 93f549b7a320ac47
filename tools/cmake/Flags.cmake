# Compiler flags of the whole project, by the options that the presets set.

option(IMAGEPROOF_WERROR "Warnings are errors" OFF)
option(IMAGEPROOF_HARDEN "Hardened code and executables" OFF)
option(IMAGEPROOF_COVERAGE "Instrument for gcov" OFF)
option(IMAGEPROOF_FUZZ "Build the libFuzzer targets (clang only)" OFF)
set(IMAGEPROOF_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON) # asprintf, argp, attribute cleanup
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

add_compile_definitions(_GNU_SOURCE)
add_compile_options(
  -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wformat=2 -Wundef -Wvla -Wcast-align
  -Wcast-qual -Wwrite-strings -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes
  -Wold-style-definition -Wnull-dereference -Wswitch-enum)

if(IMAGEPROOF_WERROR)
  add_compile_options(-Werror)
endif()
if(IMAGEPROOF_HARDEN)
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection)
  add_compile_definitions(_FORTIFY_SOURCE=2)
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(IMAGEPROOF_SANITIZE)
  add_compile_options(-fsanitize=${IMAGEPROOF_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${IMAGEPROOF_SANITIZE})
endif()
if(IMAGEPROOF_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link) # or libFuzzer sees no coverage to search by
endif()
if(IMAGEPROOF_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
include(CheckPIESupported)
check_pie_supported()
