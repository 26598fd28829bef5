# The web console: Node builds web/ into one file of bytes and a source that embeds it, beside the C++. tools/dev puts
# Node and what web/package.json names into .deps; where they are not, the server is built without its console.
option(ATELIER_CONSOLE "Build the web console, if there is a Node for it" ON)
set(ATELIER_WEB_MODULES ${CMAKE_SOURCE_DIR}/.deps/web)
find_program(ATELIER_NODE node HINTS ${CMAKE_SOURCE_DIR}/.deps/nodejs/bin)

set(console_source ${CMAKE_SOURCE_DIR}/cmake/no_console.cpp)
if(ATELIER_CONSOLE AND ATELIER_NODE AND EXISTS ${ATELIER_WEB_MODULES}/package.json)
  set(console_folder ${CMAKE_BINARY_DIR}/console)
  set(console_source ${console_folder}/console_files.cpp)
  file(GLOB_RECURSE console_inputs CONFIGURE_DEPENDS
    ${CMAKE_SOURCE_DIR}/web/src/* ${CMAKE_SOURCE_DIR}/web/public/* ${CMAKE_SOURCE_DIR}/web/scripts/*)
  list(APPEND console_inputs ${CMAKE_SOURCE_DIR}/web/index.html ${CMAKE_SOURCE_DIR}/web/vite.config.ts
    ${CMAKE_SOURCE_DIR}/web/tsconfig.json ${ATELIER_WEB_MODULES}/package.json)
  add_custom_command(
    OUTPUT ${console_source} ${console_folder}/console_files.bin
    COMMAND ${ATELIER_NODE} scripts/build.mjs ${console_folder}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/web
    DEPENDS ${console_inputs}
    COMMENT "Building the console" VERBATIM)
  set_source_files_properties(${console_source} PROPERTIES OBJECT_DEPENDS ${console_folder}/console_files.bin)
elseif(ATELIER_CONSOLE)
  message(STATUS "Without the web console: it needs Node 20.19 or newer and .deps/web, which tools/dev installs")
endif()
target_sources(atelier_console PRIVATE ${console_source})
