"""A program is told apart into prose and code, and every line keeps its number."""

from weaver.outputs import output_lines, printed_for
from weaver.prose import (
    CODE,
    exercises,
    find_line,
    first_title,
    split,
    unterminated_fences,
    weave,
)
from weaver.recordings import Recording, file_in_repository
from weaver.source_code import comment_above, declaration_start, function_source, statement_end


def test_prose_may_stand_at_any_indentation():
    lines = split("int x;\n    //: indented\n//:\n//:no space\n// comment\n")
    assert [line.is_prose for line in lines] == [False, True, True, True, False]
    assert [line.text for line in lines[1:4]] == ["indented", "", "no space"]


def test_every_line_keeps_its_number():
    source = "//: one\n\nint two;\n\nint three;\n\n//: four\n"
    assert weave(source).splitlines() == [
        "one",
        "",
        CODE + "int two;",
        CODE,
        CODE + "int three;",
        "",
        "four",
    ]


def test_an_option_may_go_on_in_indented_lines():
    source = "//: ```{figure-from} x\n//: :alt: One\n//:   two.\n//:   Three.\n//:\n//: Caption.\n"
    assert weave(source).splitlines() == [
        "```{figure-from} x",
        ":alt: One two. Three.",
        "",
        "",
        "",
        "Caption.",
    ]


def test_a_fence_that_nothing_closes_is_found():
    source = "//: ```{output}\nint x;\n//: text\n"
    assert [line.number for line in unterminated_fences(source)] == [1]


def test_a_fence_at_the_end_of_the_file_is_found():
    assert [line.number for line in unterminated_fences("//: a\n//: ```{output}\n")] == [2]


def test_an_inner_fence_that_nothing_closes_is_found():
    source = "//: ````{exercise} 3.2a\n//: ```{hint}\n//: nudge\n//: ````\nint x;\n"
    assert [line.number for line in unterminated_fences(source)] == [2]


def test_nested_fences_that_close_are_fine():
    source = (
        "//: ````{exercise} 3.2a\n//: ```{hint}\n//: ```\n//: ```cpp\n//: int x;\n//: ```\n"
        "//: ````\nint x;\n"
    )
    assert unterminated_fences(source) == []


def test_blank_lines_do_not_end_a_fence():
    assert unterminated_fences("//: ```{output}\n\n//: ```\n") == []


def test_the_line_of_a_role_is_found_in_its_paragraph():
    source = "//: one\n//: two {value}`x`\n//:\n//: {value}`y`\n"
    assert find_line(source, "{value}`x`", 1) == 2
    assert find_line(source, "{value}`y`", 1) == 1


def test_what_was_printed_goes_to_the_next_output_in_the_order_of_the_run():
    printed = [
        {"file": "a.cpp", "line": line, "text": str(i)} for i, line in enumerate([12, 3, 12, 25])
    ]
    shares = printed_for(Recording(outputs=printed), "a.cpp", [5, 20])
    assert [one["text"] for one in shares[5]] == ["1"]
    assert [one["text"] for one in shares[20]] == ["0", "2"]
    assert [one["text"] for one in shares[0]] == ["3"]


def test_output_directives_are_counted_in_prose_only():
    assert output_lines("//: ```{output}\n//: ```\n// ```{output}\n") == [1]


def test_a_file_has_one_name_wherever_it_was_compiled(tmp_path):
    for seen in ("chapters/x.cpp", "../chapters/x.cpp", f"{tmp_path}/chapters/x.cpp"):
        assert file_in_repository(seen, tmp_path) == "chapters/x.cpp"


SOURCE = """
/// Adds.
template <class T>
T add(T a,
      T b) {
  const char* text = "}";  // }
  return a + b;
}

inline int twice(int a) { return add(a, a); }

int declared(int a);
"""


def test_a_function_is_found_with_its_comment_and_template():
    text = function_source(SOURCE, "add")
    assert text and text.startswith("/// Adds.\ntemplate <class T>") and text.endswith("}")
    assert "return a + b;" in text and "twice" not in text


def test_a_call_or_a_declaration_is_not_a_definition():
    assert function_source(SOURCE, "declared") is None
    assert function_source(SOURCE, "missing") is None
    assert function_source(SOURCE, "twice") == "inline int twice(int a) { return add(a, a); }"


def test_the_start_of_a_declaration_is_its_template():
    lines = SOURCE.splitlines()
    assert declaration_start(lines, 4) == 3
    assert comment_above(lines, 3) == ["/// Adds."]
    assert statement_end(lines, 13 - 1) == 12


EXERCISES = """//: # One
//:
//:   ````{exercise} 9.1a
//: :kind: code
//: :function: sum
//: :title: A title that goes on
//:   in the next line
//:
//: Add. With
//:
//: ```cpp
//: sum(1, 2);
//: ```
//: you get 3.
//:
//: ```{hint}
//: Look
//:
//: there.
//: ```
//: ~~~{hint}
//: ```text
//: +
//: ```
//: ~~~
//: ```{solution}
//: So.
//: ```
//: ````
//:
//: ```{exercise} 9.1b
//: ```
int x;
"""


def test_exercises_are_read_with_their_options_and_hints():
    first, second = exercises(EXERCISES)
    assert (first.number, first.line, first.kind, first.function) == ("9.1a", 3, "code", "sum")
    assert first.title == "A title that goes on in the next line"
    assert first.statement == "Add. With\n\n```cpp\nsum(1, 2);\n```\nyou get 3."
    assert first.hints == ["Look\n\nthere.", "```text\n+\n```"]
    assert (second.number, second.line, second.title, second.hints) == ("9.1b", 31, "", [])


def test_the_first_title_is_found():
    assert first_title(weave("int x;\n//: text\n//: # A title\n//: # Another\n")) == "A title"
    assert first_title("text") is None
