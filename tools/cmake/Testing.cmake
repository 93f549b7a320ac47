# imageproof_test(<name> SOURCES <file>... LIBRARIES <target>...)
# A unit test program on libcheck, registered with ctest under <name>.
function(imageproof_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES;ENVIRONMENT" ${ARGN})
  add_executable(test-${name} ${arg_SOURCES})
  target_link_libraries(test-${name} PRIVATE ${arg_LIBRARIES} PkgConfig::CHECK Threads::Threads)
  set_target_properties(test-${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  # libcheck's own macros do not survive our warnings.
  target_compile_options(test-${name} PRIVATE -Wno-format-nonliteral -Wno-conversion -Wno-null-dereference
                                              -Wno-cast-qual)
  add_test(NAME ${name} COMMAND test-${name})
  # A forked test hides its leaks from the sanitizers; each test program is its own process already.
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "CK_FORK=no;${arg_ENVIRONMENT}")
endfunction()

# imageproof_fuzzer(<name> SOURCES <file>... LIBRARIES <target>... CORPUS <directory>)
# One source, two programs: under -DIMAGEPROOF_FUZZ=ON a libFuzzer target fuzz-<name>; in every
# build a replayer, run by ctest over each file of the corpus.
function(imageproof_fuzzer name)
  cmake_parse_arguments(arg "" "CORPUS" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(replay-${name} ${arg_SOURCES} ${CMAKE_SOURCE_DIR}/tools/base/test/replay.c)
  target_link_libraries(replay-${name} PRIVATE base ${arg_LIBRARIES})
  set_target_properties(replay-${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME corpus-${name} COMMAND replay-${name} ${arg_CORPUS})
  if(IMAGEPROOF_FUZZ)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/corpus)
    file(CREATE_LINK ${arg_CORPUS} ${CMAKE_BINARY_DIR}/corpus/${name} SYMBOLIC) # for tools/fuzz
    add_executable(fuzz-${name} ${arg_SOURCES})
    target_link_libraries(fuzz-${name} PRIVATE ${arg_LIBRARIES})
    target_link_options(fuzz-${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(fuzz-${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzzers)
  endif()
endfunction()
