# cmake -DNAME=... -DFROM=FILE -DTO=HEADER -P embed_file.cmake: see Embed.cmake.
file(READ ${FROM} bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
file(WRITE ${TO} "static const char ${NAME}[] = {${bytes}0};\n")
