# GCC 12 destroys the members of an aggregate temporary in a co_await statement twice. Compile and run
# exactly those forms with the compiler at hand, and stop here rather than ship a double free.
if(NOT DEFINED ATELIER_COROUTINES_SOUND)
  try_run(probe_run probe_compiled
    ${CMAKE_BINARY_DIR}/probe ${CMAKE_CURRENT_LIST_DIR}/coroutine_probe.cpp
    CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON
    COMPILE_OUTPUT_VARIABLE probe_output)
  if(NOT probe_compiled OR NOT probe_run EQUAL 0)
    message(FATAL_ERROR
      "${CMAKE_CXX_COMPILER} miscompiles C++20 coroutines (aggregate temporaries are destroyed twice). "
      "Use clang 19: apt-get install clang-19, then configure with a preset (cmake --preset dev).\n${probe_output}")
  endif()
  set(ATELIER_COROUTINES_SOUND TRUE CACHE INTERNAL "The coroutine probe passed with this compiler")
endif()
