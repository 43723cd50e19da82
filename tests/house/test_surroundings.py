"""Where ./learn stands and what is set around it: folders, links, compilers, clocks, locales."""

import os
import shutil
import subprocess
import time

import pytest
from machine import ROOT, learn, refused, script, small_project


@pytest.fixture
def run(project, builders):
    """Runs chapter 1 of the small project and returns what was printed, without a failure."""
    def run(*arguments, root=project, **variables):
        result = learn("run", "1", *arguments, root=root, path=builders.path, **variables)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout
    return run


AFRESH = "Configuring the build afresh"


@pytest.fixture
def cache(project):
    """The lines of the project's CMake cache."""
    return lambda: (project / "build/CMakeCache.txt").read_text()


# --- Folders ------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["my book", "büch-書", "(a) {b}", "50%, a=b: c@d!~+"])
def test_a_folder_may_have_spaces_brackets_and_letters(tmp_path, run, name):
    folder = small_project(tmp_path / name)
    assert "chapter one" in run(root=folder)
    assert "chapter one" in run(root=folder)


@pytest.mark.parametrize("sign", list("[]\"'#&;\\*?`|<>^$\t\n"))
def test_a_folder_whose_name_cannot_be_built_in_is_refused_before_anything_is_done(
        tmp_path, builders, sign):
    folder = small_project(tmp_path / f"a{sign}b")
    result = learn("run", "1", root=folder, path=builders.path)
    assert result.returncode != 0
    assert f"for the sign {sign} in its name. Move the book" in result.stderr
    assert not (folder / "build").exists()


def test_it_runs_through_a_symbolic_link(tmp_path, project, builders, run):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere/learn"
    link.symlink_to(project / "learn")
    assert "in build/chapters/01_one" in run(root=link.parent)
    assert not (tmp_path / "elsewhere/build").exists()


def test_cdpath_does_not_lead_it_elsewhere(tmp_path, project, run):
    small_project(tmp_path / "other/project")
    done = subprocess.run(
        [shutil.which("bash"), "project/learn", "run", "1"], cwd=tmp_path, capture_output=True,
        text=True, stdin=subprocess.DEVNULL, env={**os.environ, "CDPATH": str(tmp_path / "other")})
    assert done.returncode == 0, done.stderr
    assert (project / "build").exists()
    assert not (tmp_path / "other/project/build").exists()


@pytest.mark.parametrize("how", [shutil.copytree, shutil.move])
def test_a_folder_that_was_copied_or_moved_is_built_for_itself(tmp_path, project, run, how):
    run()
    (project / "build/book").mkdir()
    folder = tmp_path / "another"
    how(project, folder)
    script(folder / "chapter", "echo another chapter")
    printed = run(root=folder)
    assert AFRESH in printed
    assert "another chapter" in printed
    assert f"CMAKE_HOME_DIRECTORY:INTERNAL={folder}\n" in (folder / "build/CMakeCache.txt").read_text()
    assert not (folder / "build/book").exists()
    assert AFRESH not in run(root=folder)


@pytest.mark.parametrize("place", ["build", "build/CMakeCache.txt"])
def test_a_build_that_cannot_be_written_is_said_to_be_so(project, builders, run, place):
    run()
    # An administrator may write what nobody may: a stand-in for find tells what it would find.
    builders.fake("find", f'case "$*" in *writable*) echo {place} ;; *) exec '
                          f'{shutil.which("find")} "$@" ;; esac')
    result = learn("run", "1", root=project, path=builders.path)
    refused(result, f"{place} cannot be written by", "belongs to")


def test_a_build_of_somebody_else_is_refused(project, builders, run):
    if os.geteuid() == 0:
        pytest.skip("an administrator may write everything")
    run()
    (project / "build").chmod(0o555)
    refused(learn("run", "1", root=project, path=builders.path), "build/ cannot be written by")
    (project / "build").chmod(0o755)


def test_files_from_the_future_do_not_configure_without_end(project, run):
    run()
    ahead = time.time() + 86400
    for file in ("CMakeLists.txt", "build/build.ninja", "build/CMakeCache.txt", "chapter"):
        os.utime(project / file, (ahead, ahead))
    assert "chapter one" in run()
    for file in ("CMakeLists.txt", "build/build.ninja", "chapter"):
        assert (project / file).stat().st_mtime <= time.time()


# --- Compilers and processors -------------------------------------------------------------------

@pytest.fixture
def compilers(builders, project):
    """A project that compiles, with two compilers that say who they are: g++ and other++."""
    (project / "CMakeLists.txt").write_text(
        (project / "CMakeLists.txt").read_text().replace("NONE", "CXX"))
    builders.link("ar", "ranlib")
    builders.fake("other++", f'exec {shutil.which("c++")} "$@"')
    return builders


def test_another_compiler_is_taken_up_and_stays(project, compilers, run, cache):
    run()
    assert "/c++\n" in cache()
    assert AFRESH in run(CXX="other++")
    assert "/other++\n" in cache()
    assert AFRESH not in run(CXX="other++")
    assert AFRESH not in run()
    assert AFRESH in run(CXX="c++")
    assert "/other++\n" not in cache()


def test_a_compiler_that_is_gone_is_replaced(project, compilers, run, cache):
    run(CXX="other++")
    (compilers.folder / "other++").unlink()
    assert AFRESH in run()
    assert "/c++\n" in cache()


def test_a_compiler_may_be_called_through_another_command(compilers, run, cache):
    compilers.fake("wrapper", 'exec "$@"')
    run(CXX="wrapper c++")
    assert "/wrapper\n" in cache()
    assert AFRESH not in run(CXX="wrapper c++")


def test_another_processor_has_its_own_build(project, builders, run, cache):
    run()
    builders.fake("c++", 'case "$*" in *-dM*) echo "#define __AVX9__ 1" ;; esac')
    assert AFRESH in run()
    machine = [line for line in cache().splitlines() if line.startswith("LLM_MACHINE:")]
    assert AFRESH not in run()
    builders.fake("c++", 'case "$*" in *-dM*) echo "#define __AVX8__ 1" ;; esac')
    assert AFRESH in run()
    assert machine[0] not in cache()


def test_warnings_are_errors_for_ci_and_for_no_reader(project, builders, run, cache):
    (project / "CMakeLists.txt").write_text(
        (project / "CMakeLists.txt").read_text() + "message(STATUS ${LLM_WERROR})\n")
    run()
    assert "LLM_WERROR" not in cache()
    run(CI="true")
    assert "LLM_WERROR:UNINITIALIZED=ON" in cache()


# --- What is set --------------------------------------------------------------------------------

def test_a_terminal_that_nobody_knows_is_no_obstacle(run):
    assert "chapter one" in run(TERM="no-such-terminal")


@pytest.mark.parametrize("variables", [
    {"PIP_USER": "1"}, {"PIP_TARGET": "/nowhere/at/all"}, {"PIP_PREFIX": "/nowhere/at/all"},
    {"PYTHONPATH": "/nowhere/at/all"},
])
def test_where_a_readers_python_keeps_packages_does_not_matter(project, builders, variables):
    (project / "book").mkdir()
    (project / "book/requirements.txt").write_text("# none\n")
    # A stand-in makes an environment whose python tells the variables that matter.
    builders.link("chmod")
    builders.fake("python3", '[ "$2" = venv ] || exit 0; mkdir -p "$4/bin"; '
                             'printf "#!/bin/sh\\nenv >&2; exit 1\\n" > "$4/bin/python"; '
                             'chmod +x "$4/bin/python"')
    result = learn("book", root=project, path=builders.path, **variables)
    assert "PIP_USER=0" in result.stderr
    assert "/nowhere/at/all" not in result.stderr


@pytest.mark.skipif(not (ROOT / "build/venv/bin/python").exists(), reason="build/venv is not there")
def test_the_book_is_rendered_in_every_folder_and_locale(tmp_path):
    """An ASCII locale that Python is not let out of stands for all that are not UTF-8."""
    book = tmp_path / "büch - (a) {b} 50%, c=d@e"
    shutil.copytree(ROOT / "tests/book/sample", book)
    (book / "build").mkdir()
    (book / "programs").rename(book / "build/chapters")
    page = book / "chapters/03_attention/chapter.cpp"
    page.write_text(page.read_text(encoding="utf-8") + "//: Für die Übung: ∑ 書.\n",
                    encoding="utf-8")
    done = subprocess.run(
        [ROOT / "build/venv/bin/python", ROOT / "book/build.py", "--root", book, "--build-dir",
         book / "build"], capture_output=True, text=True,
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    assert done.returncode == 0, done.stdout + done.stderr
    html = (book / "build/book/html/chapters/03_attention/index.html").read_text(encoding="utf-8")
    assert "Für die Übung: ∑ 書." in html
