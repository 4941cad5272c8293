"""Repositories in which a program lies that git would run for whoever looks at them."""

import shlex
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

from tiny_course import commit, git

SIGNED = """tree {tree}
author Ada <ada@example.org> {date}
committer Ada <ada@example.org> {date}
gpgsig -----BEGIN PGP SIGNATURE-----
 
 iQEzBAABCAAdFiEE
 -----END PGP SIGNATURE-----

work
"""  # noqa: W293  a blank line of a signature begins with a space


def program(folder: Path, marker: Path) -> Path:
    """An executable outside of the repository, as a student's own in it would be, that leaves a marker."""
    script = folder / "run-me"
    script.write_text(f"#!/bin/sh\necho ran >> {shlex.quote(str(marker))}\nexit 1\n")
    script.chmod(0o755)
    return script


def write_object(folder: Path, kind: str, content: bytes) -> str:
    """Any object, well made or not; returns its name."""
    file = folder.parent / "an-object"
    file.write_bytes(content)
    name = git(folder, "hash-object", "-t", kind, "-w", "--literally", str(file)).stdout.strip()
    file.unlink()
    return name


def commit_of(folder: Path, tree: str, date: str = "1767268800 +0000", form: str = SIGNED) -> str:
    """A commit of a tree, made the last of its branch."""
    name = write_object(folder, "commit", form.format(tree=tree, date=date).encode())
    git(folder, "update-ref", "refs/heads/main", name)
    return name


def signature(folder: Path, marker: Path) -> Path:
    """git log checks signatures, with a program of the student's."""
    _signed(folder)
    git(folder, "config", "log.showSignature", "true")
    git(folder, "config", "gpg.program", str(program(folder, marker)))
    return folder


def included(folder: Path, marker: Path) -> Path:
    """The same, from a file that the configuration includes."""
    _signed(folder)
    extra = folder / "extra"
    extra.write_text(f"[log]\nshowSignature = true\n[gpg]\nprogram = {program(folder, marker)}\n")
    git(folder, "config", "include.path", str(extra))
    return folder


def led_elsewhere(folder: Path, marker: Path) -> Path:
    """.git is a file that names a repository with such a configuration."""
    signature(folder, marker)
    (folder / ".git").rename(folder / "elsewhere")
    (folder / ".git").write_text("gitdir: elsewhere\n")
    return folder


def embedded(folder: Path, marker: Path) -> Path:
    """The exercise's folder is itself a bare repository, committed as files: it survives a clone."""
    signature(folder, marker)
    inner = folder / "ex_tiny"
    for name in ("HEAD", "config", "objects", "refs"):
        source = folder / ".git" / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, inner / name)
    git(inner, "--git-dir=.", "config", "core.bare", "true")
    shutil.rmtree(folder / ".git")
    commit(folder)
    return inner


def promisor(folder: Path, marker: Path, **remote: str) -> Path:
    """A missing object is fetched from a remote that is a program."""
    remote = remote or {"url": ".", "uploadpack": str(program(folder, marker))}
    git(folder, "config", "core.repositoryFormatVersion", "1")
    git(folder, "config", "extensions.partialClone", "far")
    for name, value in {"promisor": "true", **remote}.items():
        git(folder, "config", f"remote.far.{name}", value)
    blob = git(folder, "rev-parse", "HEAD:ex_tiny/tiny.ipynb").stdout.strip()
    (folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    return folder


def over_ssh(folder: Path, marker: Path) -> Path:
    """The same through ssh, which is a program of the student's."""
    git(folder, "config", "core.sshCommand", str(program(folder, marker)))
    return promisor(folder, marker, url="ssh://far.example.org/x")


def over_ext(folder: Path, marker: Path) -> Path:
    """The same through an address that another one stands for."""
    git(folder, "config", "protocol.ext.allow", "always")
    git(folder, "config", f"url.ext::{program(folder, marker)}.insteadOf", "x")
    return promisor(folder, marker, url="x")


def _signed(folder: Path) -> None:
    commit_of(folder, git(folder, "rev-parse", "HEAD^{tree}").stdout.strip())


PROGRAMS: dict[str, Callable[[Path, Path], Path]] = {
    one.__name__: one for one in (signature, included, led_elsewhere, embedded, promisor, over_ssh, over_ext)
}


def tree(*entries: tuple[str, str, str]) -> bytes:
    """The bytes of a tree with entries of any name: (mode, name, object)."""
    return b"".join(f"{mode} {name}".encode() + b"\0" + bytes.fromhex(blob) for mode, name, blob in entries)


def loose(content: bytes) -> bytes:
    """Bytes as an object's file holds them."""
    return zlib.compress(content)
