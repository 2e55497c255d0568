# Toolchain file for CMake: cmake -DCMAKE_TOOLCHAIN_FILE="$(npx posix-wasm cmake-toolchain)" …
# Programs are built so that they run themselves, and tests are run as any other program.
set(CMAKE_SYSTEM_NAME WASI)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}/cmake")

find_program(POSIX_WASM_NODE node REQUIRED)
set(POSIX_WASM "${POSIX_WASM_NODE}" "${CMAKE_CURRENT_LIST_DIR}/../dist/cli.js")
set(CMAKE_C_COMPILER ${POSIX_WASM} cc --runnable)
set(CMAKE_CXX_COMPILER ${POSIX_WASM} c++ --runnable)

# CMake wants the path of one program for these: the rules that use them are given instead.
string(REPLACE ";" "\" \"" POSIX_WASM_COMMAND "\"${POSIX_WASM}\"")
foreach(language C CXX)
  set(CMAKE_${language}_ARCHIVE_CREATE "${POSIX_WASM_COMMAND} ar qc <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${language}_ARCHIVE_APPEND "${POSIX_WASM_COMMAND} ar q <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${language}_ARCHIVE_FINISH "${POSIX_WASM_COMMAND} ranlib <TARGET>")
endforeach()

# Headers and libraries come from the compiler alone, programs from this machine.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
