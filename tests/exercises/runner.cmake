# What the program that checks a chapter's exercises is made of, beside the runner itself.

find_program(LLM_PYTHON NAMES python3 REQUIRED)

# Eigen's and the standard library's own checks of shapes and indices are on here, and Eigen's
# throw, so that a slip is told in words. A reader's unfinished code may have warnings, and compiles
# fast rather than runs fast; a function without its return would do anything at all.
add_library(llm_exercises INTERFACE)
target_compile_options(llm_exercises INTERFACE
  -include ${CMAKE_CURRENT_LIST_DIR}/eigen_throws.hpp -UNDEBUG -D_GLIBCXX_ASSERTIONS
  -Wno-error -Werror=return-type -Wno-unused-parameter $<$<CONFIG:Release>:-O1>)

# The target exercise_texts_NAME: build/exercises/NAME.json, what the pages in FOLDER say about
# their exercises, by the book's own reader of pages.
function(llm_exercise_texts name folder)
  set(script ${CMAKE_SOURCE_DIR}/book/exercises.py)
  set(texts ${CMAKE_BINARY_DIR}/exercises/${name}.json)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/exercises)
  file(GLOB pages CONFIGURE_DEPENDS ${folder}/*.cpp ${folder}/exercises.hpp)
  add_custom_command(OUTPUT ${texts}
    COMMAND ${LLM_PYTHON} -B ${script} ${folder} --json ${texts}
    DEPENDS ${pages} ${script} ${CMAKE_SOURCE_DIR}/book/_ext/weaver/prose.py
            ${CMAKE_SOURCE_DIR}/book/_ext/weaver/source_code.py
    COMMENT "Reading the exercises of ${name}" VERBATIM)
  add_custom_target(exercise_texts_${name} DEPENDS ${texts})
endfunction()

# The target exercises_NAME: the program build/exercises/NAME, which reads NAME.json beside it. Its
# checks are the target checks_NAME, compiled once for it and for their own test.
function(llm_exercise_runner name sources library)
  add_library(checks_${name} OBJECT ${sources})
  target_link_libraries(checks_${name} PUBLIC ${library} llm_exercises)
  add_executable(exercises_${name} $<TARGET_OBJECTS:checks_${name}>)
  set_target_properties(exercises_${name} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/exercises)
  target_link_libraries(exercises_${name} PRIVATE llm_runner ${library})
  add_dependencies(exercises_${name} exercise_texts_${name})
endfunction()
