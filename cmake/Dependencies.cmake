find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)  # its client library
find_package(fmt REQUIRED)
find_package(roaring REQUIRED)
find_package(Eigen3 3.4 REQUIRED)
find_package(date 3 REQUIRED)  # of the system's tz database, without a network
if(ATELIER_TESTS)
  find_package(GTest REQUIRED)
endif()
find_library(ATELIER_SECCOMP seccomp REQUIRED)
find_library(ATELIER_ARGON2 argon2 REQUIRED)  # hashes of passwords
find_path(ATELIER_EXPECTED_INCLUDE tl/expected.hpp REQUIRED)
find_path(ATELIER_CLI11_INCLUDE CLI/CLI.hpp REQUIRED)

# Flags every target shares. Warnings are errors unless a packager says otherwise.
add_library(atelier_flags INTERFACE)
target_compile_options(atelier_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wmissing-declarations
  $<$<BOOL:${ATELIER_WERROR}>:-Werror>)
target_compile_definitions(atelier_flags INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  $<$<BOOL:${ATELIER_FAILPOINTS}>:ATELIER_FAILPOINTS=1>)
target_link_libraries(atelier_flags INTERFACE Threads::Threads)
target_link_options(atelier_flags INTERFACE -fuse-ld=lld)
if(ATELIER_SANITIZE)
  target_compile_options(atelier_flags INTERFACE -fsanitize=${ATELIER_SANITIZE} -fno-omit-frame-pointer)
  # Two hundred test programs of 250 MB each would not fit every disk: what a test does not call is left out.
  target_link_options(atelier_flags INTERFACE -fsanitize=${ATELIER_SANITIZE}
    -Wl,--gc-sections,-z,pack-relative-relocs,--compress-debug-sections=zlib)
  if(ATELIER_SANITIZE MATCHES "undefined")
    # vptr: its probe of memory is a race in ThreadSanitizer's eyes, and Boost's constant-initialised error
    # categories, which live in a shared library without instrumentation, fail it.
    target_compile_options(atelier_flags INTERFACE -fno-sanitize-recover=undefined -fno-sanitize=vptr)
  endif()
endif()

# Of the rooms. Their tests, a third of what is compiled, do without what libFuzzer finds its way by.
add_library(atelier_room_flags INTERFACE)
target_link_libraries(atelier_room_flags INTERFACE atelier_flags)
target_compile_options(atelier_room_flags INTERFACE $<$<BOOL:${ATELIER_FUZZ}>:-fsanitize=fuzzer-no-link>)

# Asio and Beast are compiled once, here; every other file sees declarations only.
add_library(atelier_asio STATIC cmake/asio_impl.cpp)
target_link_libraries(atelier_asio PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto PRIVATE atelier_flags)
target_compile_options(atelier_asio PRIVATE -w)

add_library(atelier_pch STATIC cmake/pch.cpp)
target_link_libraries(atelier_pch PUBLIC atelier_asio Boost::json fmt::fmt atelier_flags PRIVATE atelier_room_flags)
target_include_directories(atelier_pch SYSTEM PUBLIC ${ATELIER_EXPECTED_INCLUDE})
if(ATELIER_PCH)
  target_precompile_headers(atelier_pch PRIVATE cmake/pch.h)
endif()
