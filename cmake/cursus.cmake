# Build rules shared by every folder: one library per folder, its tests beside it.

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(RocksDB REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(GTest REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(unbound REQUIRED IMPORTED_TARGET libunbound)
pkg_check_modules(gsasl REQUIRED IMPORTED_TARGET libgsasl)
pkg_check_modules(idn2 REQUIRED IMPORTED_TARGET libidn2)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(cdb REQUIRED IMPORTED_TARGET libcdb)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(pq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(ldap REQUIRED IMPORTED_TARGET ldap)
pkg_check_modules(crypt REQUIRED IMPORTED_TARGET libxcrypt)
pkg_check_modules(maxminddb REQUIRED IMPORTED_TARGET libmaxminddb)
pkg_check_modules(pam REQUIRED IMPORTED_TARGET pam)
include(GoogleTest)

add_compile_options(-Wall -Wextra -Werror -Wnon-virtual-dtor -Woverloaded-virtual -Wshadow)
add_link_options(-fuse-ld=lld)
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_NO_TS_EXECUTORS
                        BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC)  # operator new is aligned enough, and much faster

# cursus_library(FOLDER [LINKS ...]): the folder's sources as one library, and its tests/ as one test program.
# LINKS is what the folder may include; tests/tidy checks that the sources keep to it.
function(cursus_library folder)
  cmake_parse_arguments(arg "" "" "LINKS;TEST_LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(sources)
    add_library(cursus_${folder} STATIC ${sources})
    target_include_directories(cursus_${folder} PUBLIC ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
    target_link_libraries(cursus_${folder} PUBLIC ${arg_LINKS})
  else()
    add_library(cursus_${folder} INTERFACE)
    target_include_directories(cursus_${folder} INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
    target_link_libraries(cursus_${folder} INTERFACE ${arg_LINKS})
  endif()
  file(GLOB test_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/tests/*.cpp)
  if(test_sources)
    add_executable(${folder}_tests ${test_sources})
    target_compile_options(${folder}_tests PRIVATE -O0)  # half the time of a whole build, where all but theirs is fast
    target_link_libraries(${folder}_tests PRIVATE cursus_${folder} ${arg_TEST_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
    gtest_discover_tests(${folder}_tests DISCOVERY_MODE PRE_TEST TEST_PREFIX ${folder}.
                         PROPERTIES TIMEOUT 300)
  endif()
endfunction()
