# imageproof_embed(<target> <file>...)
#
# Makes the bytes of each file a constant of the target: for a/b/body.html in folder x the header "x/embedded/body_html.h"
# with `static const char body_html[]`, which ends in a NUL that is not of the file.
function(imageproof_embed target)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  foreach(file IN LISTS ARGN)
    get_filename_component(name ${file} NAME)
    string(MAKE_C_IDENTIFIER ${name} name)
    add_custom_command(
      OUTPUT ${folder}/${name}.h
      COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DFROM=${CMAKE_CURRENT_SOURCE_DIR}/${file} -DTO=${folder}/${name}.h
              -P ${CMAKE_SOURCE_DIR}/tools/cmake/embed_file.cmake
      DEPENDS ${file} ${CMAKE_SOURCE_DIR}/tools/cmake/embed_file.cmake
      VERBATIM)
    target_sources(${target} PRIVATE ${folder}/${name}.h)
  endforeach()
  target_include_directories(${target} PRIVATE ${CMAKE_BINARY_DIR})
endfunction()
