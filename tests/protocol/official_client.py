# SPDX-License-Identifier: Apache-2.0
"""The official Python client against `hfterm serve`: what it reads, downloads and raises.

    official_client.py HFTERM [DEMO_FOLDER [MODEL_FOLDER]]

Prints TAP. Without MODEL_FOLDER a repo with files of every kind is made; with it, that folder is
served and fetched byte for byte as well.
"""

import collections
import hashlib
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import threading
import traceback

TESTS = []
SCRATCH = pathlib.Path(tempfile.mkdtemp(prefix="hfterm-protocol-"))
os.environ["HF_HOME"] = str(SCRATCH / "home")
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_ENDPOINT"):
    os.environ.pop(name, None)


def test(name):
    def add(function):
        TESTS.append((name, function))
        return function

    return add


class Server:
    """`hfterm serve FOLDER --port 0`; the address is the first one it prints."""

    def __init__(self, program, folder, *options):
        command = [program, "serve", str(folder), "--port", "0", *options]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
        )
        self.url = None
        for line in self.process.stdout:
            found = re.search(r"http://[^\s/]+:\d+", line)
            if found:
                self.url = found.group(0)
                break
        if not self.url:
            raise RuntimeError("the server named no address: " + " ".join(command))
        self.said = collections.deque(maxlen=50)
        self.reader = threading.Thread(target=lambda: self.said.extend(self.process.stdout))
        self.reader.start()

    def stop(self):
        self.process.terminate()
        status = self.process.wait(timeout=20)
        self.reader.join()
        self.process.stdout.close()
        assert status == 0, f"the server ended with {status}: " + "".join(self.said)


def safetensors(tensors):
    header, offset = {}, 0
    for name, (dtype, shape, size) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + os.urandom(offset)


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


SHA = {c: (c * 40) for c in "abc"}


def build(root):
    """A folder in the layout of docs/localhub.md."""
    model = root / "models/ada/engine"
    write(
        model / "README.md",
        "---\nlicense: mit\nlanguage: [en, de]\nlibrary_name: transformers\n"
        "pipeline_tag: text-generation\ntags: [tiny]\ndatasets: [ada/numbers]\n---\n# Engine\n",
    )
    write(model / "config.json", '{"architectures": ["GearForCausalLM"], "model_type": "gear"}')
    write(model / "model.safetensors", safetensors({"w": ("BF16", [40, 50], 4000), "b": ("F32", [9], 36)}))
    write(model / "sub/deep/naïve name (1).txt", "übung\n")
    write(model / "empty.txt", "")
    write(model / "big.bin", os.urandom(3 << 20))
    write(root / "models/ada/closed/README.md", "---\nlicense: mit\n---\n")
    write(root / "models/ada/closed/secret.txt", "secret\n")
    write(root / "models/ada/hidden/README.md", "# hidden\n")
    write(root / "models/ada/gone/README.md", "# gone\n")
    write(root / "datasets/ada/numbers/README.md", "---\ntask_categories: [text-generation]\nsize_categories: [n<1K]\n---\n")
    write(root / "datasets/ada/numbers/data/train.jsonl", '{"n": 1}\n')
    write(root / "spaces/ada/demo/README.md", "---\nsdk: gradio\nmodels: [ada/engine]\n---\n")
    write(root / "spaces/ada/demo/app.py", "print('hi')\n")
    for i in range(30):
        write(root / f"models/many/m{i:02}/README.md", f"---\ntags: [n{i % 3}]\n---\n")
    hub = {
        "users": [
            {"name": "ada", "fullname": "Ada L", "email": "ada@example.org", "isPro": True,
             "orgs": [{"name": "gears", "role": "admin"}]},
            {"name": "eve", "fullname": "Eve", "email": "eve@example.org", "isPro": False},
        ],
        "orgs": [{"name": "gears", "fullname": "Gears & Co"}],
        "tokens": [
            {"token": "hf_ada", "user": "ada", "role": "write", "displayName": "t"},
            {"token": "hf_eve", "user": "eve", "role": "read", "displayName": "t"},
        ],
    }
    write(root / ".hub/hub.json", json.dumps(hub))
    commits = [
        {"id": SHA[c], "title": f"Commit {c}", "message": "", "date": f"2026-0{3 - i}-01T00:00:00.000Z",
         "authors": [{"user": "ada"}]}
        for i, c in enumerate("abc")
    ]
    write(
        root / ".hub/models/ada/engine.json",
        json.dumps({
            "likes": 7, "downloads": 11, "downloadsAllTime": 99, "commits": commits,
            "lastCommits": {"config.json": 2, "README.md": 0},
            "refs": {"branches": [{"name": "main", "commit": SHA["a"]}],
                     "tags": [{"name": "v1", "commit": SHA["a"]}, {"name": "v0", "commit": SHA["c"]}],
                     "converts": [], "pullRequests": [{"name": "2", "commit": SHA["b"]}]},
            "discussions": [
                {"num": 1, "title": "Hello", "status": "open", "createdAt": "2026-01-01T00:00:00.000Z",
                 "author": "eve", "isPullRequest": False,
                 "events": [{"id": "e1", "type": "comment", "createdAt": "2026-01-01T00:00:00.000Z",
                             "author": "eve", "data": {"edited": False, "hidden": False,
                                                       "latest": {"raw": "text"}}}]},
                {"num": 2, "title": "Change", "status": "merged", "createdAt": "2026-01-02T00:00:00.000Z",
                 "author": "ada", "isPullRequest": True, "events": [], "diff": "--- a\n+++ b\n"},
            ] + [
                {"num": 10 + i, "title": f"More {i}", "status": "closed",
                 "createdAt": "2026-01-03T00:00:00.000Z", "author": "ada", "isPullRequest": False}
                for i in range(25)
            ],
        }),
    )
    write(root / ".hub/models/ada/closed.json", json.dumps({"gated": "manual", "granted": ["ada"]}))
    write(root / ".hub/models/ada/hidden.json", json.dumps({"private": True}))
    write(root / ".hub/models/ada/gone.json", json.dumps({"disabled": True}))
    write(
        root / ".hub/spaces/ada/demo.json",
        json.dumps({"runtime": {"stage": "RUNNING", "hardware": {"current": "t4-small", "requested": "t4-small"},
                                "gcTimeout": 3600, "storage": None}}),
    )


def same_files(got, want):
    names = lambda d: sorted(
        str(p.relative_to(d)) for p in d.rglob("*") if p.is_file() and ".cache" not in p.relative_to(d).parts
    )
    assert names(got) == names(want), (names(got), names(want))
    for name in names(want):
        assert (got / name).read_bytes() == (want / name).read_bytes(), name


def raises(kind, function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except kind as error:
        assert type(error) is kind, f"{type(error).__name__} instead of {kind.__name__}"
        return error
    raise AssertionError(f"no {kind.__name__}")


# ---- the checks; each gets the world: api objects, folders -------------------------------------


@test("whoami tells user, organisation and token")
def _(w):
    me = w.ada.whoami()
    assert me["name"] == "ada" and me["orgs"][0]["name"] == "gears"
    assert me["auth"]["accessToken"]["role"] == "write"
    error = raises(w.errors.HfHubHTTPError, w.api("hf_wrong").whoami)
    assert error.response.status_code == 401


@test("list_models: filters, sorting and pages by Link")
def _(w):
    assert [m.id for m in w.anon.list_models(author="ada", sort="id")] == ["ada/gone", "ada/engine", "ada/closed"]
    assert len(list(w.anon.list_models())) == 33
    assert len(list(w.ada.list_models())) == 34
    assert [m.id for m in w.anon.list_models(filter=["license:mit", "tiny"])] == ["ada/engine"]
    assert [m.id for m in w.anon.list_models(filter="de", pipeline_tag="text-generation")] == ["ada/engine"]
    assert [m.id for m in w.anon.list_models(trained_dataset="ada/numbers")] == ["ada/engine"]
    assert [m.id for m in w.anon.list_models(num_parameters="min:2K,max:3K")] == ["ada/engine"]
    assert [m.id for m in w.anon.list_models(gated=True)] == ["ada/closed"]
    assert [m.id for m in w.anon.list_models(search="ENGINE")] == ["ada/engine"]
    assert next(iter(w.anon.list_models(sort="downloads", limit=1))).downloads == 11
    assert len([m for m in w.anon.list_models(filter="n1", limit=5)]) == 5
    pages = w.session.get(f"{w.url}/api/models", params={"author": "many", "limit": 7, "sort": "id"})
    seen = [m["id"] for m in pages.json()]
    while "next" in pages.links:
        pages = w.session.get(pages.links["next"]["url"])
        seen += [m["id"] for m in pages.json()]
    assert len(seen) == 30 and len(set(seen)) == 30 and seen == sorted(seen, reverse=True)
    assert pages.headers["X-Total-Count"] == "30"


@test("list_models: expand, full, cardData; an unknown property is a bad request")
def _(w):
    (m,) = w.anon.list_models(search="engine", expand=["safetensors", "sha", "likes"])
    assert m.safetensors.total == 2009 and m.safetensors.parameters == {"BF16": 2000, "F32": 9}
    assert m.sha == SHA["a"] and m.likes == 7 and m.tags is None
    (m,) = w.anon.list_models(search="engine", full=True, cardData=True)
    assert m.card_data.license == "mit" and len(m.siblings) == 6
    raises(w.errors.BadRequestError, list, w.anon.list_models(expand=["nonsense"]))


@test("list_datasets and list_spaces")
def _(w):
    (d,) = w.anon.list_datasets(task_categories="text-generation", size_categories="n<1K")
    assert d.id == "ada/numbers"
    (s,) = w.anon.list_spaces(models="ada/engine")
    assert s.id == "ada/demo" and s.sdk == "gradio"
    assert [s.id for s in w.anon.list_spaces(linked=True)] == ["ada/demo"]


@test("model_info, dataset_info, space_info with revisions and blobs")
def _(w):
    m = w.anon.model_info("ada/engine", files_metadata=True)
    assert m.sha == SHA["a"] and m.library_name == "transformers" and m.spaces == ["ada/demo"]
    assert m.transformers_info.auto_model == "AutoModelForCausalLM"
    assert m.downloads == 11 and m.created_at and m.last_modified
    by_name = {s.rfilename: s for s in m.siblings}
    weights = (w.model / "model.safetensors").read_bytes()
    assert by_name["model.safetensors"].lfs.sha256 == hashlib.sha256(weights).hexdigest()
    assert by_name["model.safetensors"].size == len(weights)
    for revision in ("main", "v1", "refs/heads/main", SHA["a"], SHA["a"][:9]):
        assert w.anon.model_info("ada/engine", revision=revision).sha == SHA["a"]
    for revision in ("nope", "v0", SHA["b"], "refs/pr/2"):
        raises(w.errors.RevisionNotFoundError, w.anon.model_info, "ada/engine", revision=revision)
    assert w.anon.dataset_info("ada/numbers").id == "ada/numbers"
    assert w.anon.space_info("ada/demo").runtime.stage == "RUNNING"
    assert w.anon.get_space_runtime("ada/demo").hardware == "t4-small"


@test("list_repo_tree, list_repo_files, get_paths_info, file_exists")
def _(w):
    top = {e.path: e for e in w.anon.list_repo_tree("ada/engine", expand=True)}
    assert set(top) == {"README.md", "config.json", "model.safetensors", "sub", "empty.txt", "big.bin"}
    assert top["config.json"].last_commit.oid == SHA["c"]
    assert top["big.bin"].lfs.size == 3 << 20 and top["empty.txt"].lfs is None
    deep = [e.path for e in w.anon.list_repo_tree("ada/engine", recursive=True)]
    assert "sub/deep" in deep and "sub/deep/naïve name (1).txt" in deep
    below = [e.path for e in w.anon.list_repo_tree("ada/engine", path_in_repo="sub/deep")]
    assert below == ["sub/deep/naïve name (1).txt"]
    raises(w.errors.RemoteEntryNotFoundError, list, w.anon.list_repo_tree("ada/engine", path_in_repo="no"))
    assert len(w.anon.list_repo_files("ada/engine")) == 6
    infos = w.anon.get_paths_info("ada/engine", ["sub", "README.md", "absent"], expand=True)
    assert sorted(i.path for i in infos) == ["README.md", "sub"]
    assert w.anon.file_exists("ada/engine", "README.md")
    assert not w.anon.file_exists("ada/engine", "absent")
    assert w.anon.repo_exists("ada/engine") and not w.anon.repo_exists("ada/nothing")
    assert w.anon.revision_exists("ada/engine", "v1") and not w.anon.revision_exists("ada/engine", "x")


@test("the ids of files and folders are those of git")
def _(w):
    if subprocess.run(["git", "--version"], capture_output=True).returncode != 0:
        return
    repo = SCRATCH / "git"
    git = lambda *a, **k: subprocess.run(["git", "-C", str(repo), *a], check=True, capture_output=True, **k).stdout
    repo.mkdir()
    git("init", "-q")
    for e in w.anon.list_repo_tree("ada/engine", recursive=True):
        if getattr(e, "lfs", None):
            pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{e.lfs.sha256}\nsize {e.size}\n"
            write(repo / e.path, pointer)
        elif hasattr(e, "size"):
            write(repo / e.path, (w.model / e.path).read_bytes())
    git("add", "-A", "-f")
    tree = git("write-tree").decode().strip()
    listed = git("-c", "core.quotepath=off", "ls-tree", "-r", "-t", "-z", tree).decode().split("\0")
    want = {line.split("\t")[1]: line.split()[2] for line in listed if line}
    got = {
        e.path: getattr(e, "blob_id", None) or e.tree_id
        for e in w.anon.list_repo_tree("ada/engine", recursive=True)
    }
    assert got == want, (got, want)


@test("list_repo_commits and list_repo_refs")
def _(w):
    commits = w.anon.list_repo_commits("ada/engine", formatted=True)
    assert [c.commit_id for c in commits] == [SHA["a"], SHA["b"], SHA["c"]]
    assert commits[0].authors == ["ada"] and commits[0].formatted_title
    refs = w.anon.list_repo_refs("ada/engine", include_pull_requests=True)
    assert refs.branches[0].name == "main" and refs.branches[0].target_commit == SHA["a"]
    assert [t.name for t in refs.tags] == ["v1", "v0"]
    assert refs.pull_requests[0].ref == "refs/pr/2"
    assert w.anon.list_repo_commits("ada/numbers", repo_type="dataset")[0].commit_id


@test("discussions, pages and details")
def _(w):
    assert len(list(w.anon.get_repo_discussions("ada/engine"))) == 27
    assert [d.num for d in w.anon.get_repo_discussions("ada/engine", discussion_type="pull_request")] == [2]
    assert [d.num for d in w.anon.get_repo_discussions("ada/engine", discussion_status="open")] == [1]
    assert [d.num for d in w.anon.get_repo_discussions("ada/engine", author="eve")] == [1]
    one = w.anon.get_discussion_details("ada/engine", 1)
    assert one.events[0].content == "text" and one.author == "eve"
    assert w.anon.get_discussion_details("ada/engine", 2).diff.startswith("--- a")


@test("hf_hub_download: branch, commit, LFS, empty file, odd name, dataset")
def _(w):
    for name in ("README.md", "model.safetensors", "empty.txt", "sub/deep/naïve name (1).txt"):
        for revision in (None, SHA["a"], "v1"):
            path = w.anon.hf_hub_download("ada/engine", name, revision=revision, force_download=True)
            assert pathlib.Path(path).read_bytes() == (w.model / name).read_bytes()
    path = w.anon.hf_hub_download("ada/numbers", "data/train.jsonl", repo_type="dataset")
    assert pathlib.Path(path).read_text() == '{"n": 1}\n'
    meta = w.hub.get_hf_file_metadata(w.hub.hf_hub_url("ada/engine", "README.md", endpoint=w.url))
    assert meta.commit_hash == SHA["a"] and len(meta.etag) == 40
    assert meta.size == (w.model / "README.md").stat().st_size
    meta = w.hub.get_hf_file_metadata(w.hub.hf_hub_url("ada/engine", "big.bin", endpoint=w.url))
    assert len(meta.etag) == 64 and meta.size == 3 << 20 and meta.commit_hash == SHA["a"]
    raises(w.errors.RemoteEntryNotFoundError, w.anon.hf_hub_download, "ada/engine", "absent.txt")


@test("snapshot_download into the cache and into a folder, byte for byte")
def _(w):
    path = w.anon.snapshot_download("ada/engine", cache_dir=SCRATCH / "cache")
    same_files(pathlib.Path(path), w.model)
    path = w.anon.snapshot_download("ada/engine", local_dir=SCRATCH / "here", revision="v1")
    same_files(pathlib.Path(path), w.model)


@test("the downloaded cache can be served again")
def _(w):
    cache = SCRATCH / "cache"
    again = Server(w.program, cache)
    try:
        api = w.hub.HfApi(endpoint=again.url, token=False)
        assert [m.id for m in api.list_models()] == ["ada/engine"]
        info = api.model_info("ada/engine", files_metadata=True)
        assert info.sha == SHA["a"] and api.model_info("ada/engine", revision=SHA["a"][:8]).sha == SHA["a"]
        path = api.snapshot_download("ada/engine", cache_dir=SCRATCH / "cache2")
        same_files(pathlib.Path(path), w.model)
        first = {p.name for p in (cache / "models--ada--engine/blobs").iterdir()}
        second = {p.name for p in (SCRATCH / "cache2/models--ada--engine/blobs").iterdir()}
        assert first == second
        raises(w.errors.RevisionNotFoundError, api.model_info, "ada/engine", revision="other")
    finally:
        again.stop()


@test("LFS content from a second port never sees the token")
def _(w):
    split = Server(w.program, w.root, "--split-storage")
    try:
        url = w.hub.hf_hub_url("ada/engine", "big.bin", endpoint=split.url)
        head = w.session.head(url, follow_redirects=False)
        assert head.status_code == 302 and not head.headers["Location"].startswith(split.url)
        assert head.headers["X-Linked-Size"] == str(3 << 20)
        assert w.session.get(head.headers["Location"], headers={"Authorization": "Bearer hf_ada"}).status_code == 400
        api = w.hub.HfApi(endpoint=split.url, token="hf_ada")
        path = api.hf_hub_download("ada/engine", "big.bin", cache_dir=SCRATCH / "split")
        assert pathlib.Path(path).read_bytes() == (w.model / "big.bin").read_bytes()
        bent = head.headers["Location"].replace("big.bin", "config.json")
        assert w.session.get(bent).status_code == 403
    finally:
        split.stop()


@test("ranges: first, open, last bytes, and one past the end")
def _(w):
    data = (w.model / "config.json").read_bytes()
    url = w.hub.hf_hub_url("ada/engine", "config.json", endpoint=w.url)
    get = lambda r: w.session.get(url, headers={"Range": r}, follow_redirects=True)
    assert get("bytes=2-5").content == data[2:6] and get("bytes=2-5").status_code == 206
    assert get("bytes=5-").content == data[5:] and get("bytes=-4").content == data[-4:]
    assert get("bytes=0-100000").headers["Content-Range"] == f"bytes 0-{len(data) - 1}/{len(data)}"
    bad = get(f"bytes={len(data)}-")
    assert bad.status_code == 416 and bad.headers["Content-Range"] == f"bytes */{len(data)}"
    assert w.anon.get_safetensors_metadata("ada/engine").parameter_count == {"BF16": 2000, "F32": 9}


@test("gated, private, disabled and missing repos raise the right errors")
def _(w):
    e = w.errors
    assert w.anon.model_info("ada/closed").gated == "manual"
    assert w.anon.list_repo_files("ada/closed")
    raises(e.GatedRepoError, w.anon.hf_hub_download, "ada/closed", "secret.txt")
    error = raises(e.GatedRepoError, w.eve.hf_hub_download, "ada/closed", "secret.txt")
    assert error.response.status_code == 403
    assert pathlib.Path(w.ada.hf_hub_download("ada/closed", "secret.txt")).read_text() == "secret\n"
    raises(e.GatedRepoError, w.eve.auth_check, "ada/closed")
    w.ada.auth_check("ada/closed")
    w.ada.auth_check("ada/engine", write=True)
    raises(e.HfHubHTTPError, w.eve.auth_check, "ada/engine", write=True)
    raises(e.RepositoryNotFoundError, w.anon.model_info, "ada/hidden")
    raises(e.RepositoryNotFoundError, w.eve.model_info, "ada/hidden")
    assert w.ada.model_info("ada/hidden").private
    raises(e.RepositoryNotFoundError, w.anon.model_info, "ada/nothing")
    raises(e.RepositoryNotFoundError, w.ada.list_repo_files, "ada/nothing")
    raises(e.DisabledRepoError, w.anon.model_info, "ada/gone")
    error = raises(e.HfHubHTTPError, w.api("hf_wrong").model_info, "ada/engine")
    assert error.response.status_code == 401


@test("what a local hub does not offer is said with 501")
def _(w):
    error = raises(w.errors.HfHubHTTPError, w.ada.create_repo, "ada/new")
    assert error.response.status_code == 501 and "local hub" in str(error)


@test("tags by type, user and organisation overviews")
def _(w):
    tags = w.anon.get_model_tags()
    assert {"id": "license:mit", "label": "mit", "type": "license"} in tags["license"]
    assert any(t["id"] == "text-generation" for t in tags["pipeline_tag"])
    assert "task_categories" in w.anon.get_dataset_tags()
    assert w.anon.get_user_overview("ada").num_datasets == 1
    assert w.anon.get_organization_overview("gears").fullname == "Gears & Co"


@test("the file system view of the client reads a file")
def _(w):
    fs = w.hub.HfFileSystem(endpoint=w.url, token=False)
    assert "ada/engine/config.json" in fs.ls("ada/engine", detail=False)
    with fs.open("ada/engine/config.json", "rb") as f:
        f.seek(3)
        assert f.read(5) == (w.model / "config.json").read_bytes()[3:8]


@test("every repo of the demo folder is read through")
def _(w):
    if not w.demo:
        return
    demo = Server(w.program, w.demo)
    try:
        api = w.hub.HfApi(endpoint=demo.url, token="hf_demo_alice_write")
        for kind, repos in (
            ("model", list(api.list_models(full=True))),
            ("dataset", list(api.list_datasets(full=True))),
            ("space", list(api.list_spaces(full=True))),
        ):
            assert repos, kind
            for repo in repos:
                if repo.disabled:
                    continue
                info = api.repo_info(repo.id, repo_type=kind, files_metadata=True)
                files = api.list_repo_files(repo.id, repo_type=kind)
                assert sorted(s.rfilename for s in info.siblings) == sorted(files), repo.id
                list(api.list_repo_tree(repo.id, repo_type=kind, recursive=True, expand=True))
                assert api.list_repo_commits(repo.id, repo_type=kind)
                for d in api.get_repo_discussions(repo.id, repo_type=kind):
                    api.get_discussion_details(repo.id, d.num, repo_type=kind)
                api.list_repo_refs(repo.id, repo_type=kind, include_pull_requests=True)
    finally:
        demo.stop()


@test("a real model folder arrives byte for byte")
def _(w):
    if not w.real:
        return
    real = Server(w.program, w.real)
    try:
        api = w.hub.HfApi(endpoint=real.url, token=False)
        (model,) = api.list_models(expand=["safetensors"])
        path = api.snapshot_download(model.id, cache_dir=SCRATCH / "real")
        same_files(pathlib.Path(path), w.real)
    finally:
        real.stop()


@test("the headers of all shards come in one answer")
def _(w):
    if not hasattr(w.anon, "get_sharded_safetensors_metadata"):
        return  # an older client
    demo = Server(w.program, w.demo)
    try:
        api = w.hub.HfApi(endpoint=demo.url, token=False)
        repo = "lumen-labs/Aurora-VL-Nano-Instruct"
        together = api.get_sharded_safetensors_metadata(repo)
        one_by_one = api.get_safetensors_metadata(repo)
        assert together.files_metadata == one_by_one.files_metadata
        assert together.weight_map == one_by_one.weight_map
        assert together.metadata == one_by_one.metadata
    finally:
        demo.stop()


@test("a cache whose repos share blobs is served whole")
def _(w):
    try:
        from huggingface_hub.utils._shared_blobs import publish_blob_to_shared_store
    except ImportError:
        return  # a client that does not share yet
    cache = SCRATCH / "sharing"
    folder = pathlib.Path(w.anon.snapshot_download("ada/engine", cache_dir=cache))
    shared = 0
    for file in folder.rglob("*"):
        blob = pathlib.Path(os.path.normpath(file.parent / os.readlink(file))) if file.is_symlink() else None
        if blob and len(blob.name) == 64 and not blob.is_symlink():
            shared += publish_blob_to_shared_store(
                blob_path=str(blob), xet_hash=blob.name, cache_dir=cache, expected_size=blob.stat().st_size
            )
    assert shared > 0, "nothing was shared"
    second = Server(w.program, cache)
    try:
        api = w.hub.HfApi(endpoint=second.url, token=False)
        got = api.snapshot_download("ada/engine", cache_dir=SCRATCH / "again")
        same_files(pathlib.Path(got), folder)
    finally:
        second.stop()


class World:
    def __init__(self, program, demo, real):
        self.program, self.demo, self.real = program, demo, real
        self.root = SCRATCH / "hub"
        self.model = self.root / "models/ada/engine"
        build(self.root)
        self.server = Server(program, self.root)
        self.url = self.server.url
        os.environ["HF_ENDPOINT"] = self.url
        import huggingface_hub
        from huggingface_hub import errors

        self.hub, self.errors = huggingface_hub, errors
        self.session = huggingface_hub.get_session()
        self.anon, self.ada, self.eve = self.api(False), self.api("hf_ada"), self.api("hf_eve")

    def api(self, token):
        return self.hub.HfApi(endpoint=self.url, token=token)


def main():
    arguments = [pathlib.Path(a).resolve() for a in sys.argv[1:]] + [None, None]
    world = World(str(arguments[0]), arguments[1], arguments[2])
    print(f"# huggingface_hub {world.hub.__version__}")
    failed = 0
    for number, (name, function) in enumerate(TESTS, 1):
        try:
            function(world)
            print(f"ok {number} - official client: {name}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {number} - official client: {name}")
            print("".join("# " + line + "\n" for line in traceback.format_exc().splitlines()), end="", flush=True)
    try:
        world.server.stop()
        print(f"ok {len(TESTS) + 1} - official client: the server ends in peace")
    except AssertionError as error:
        failed += 1
        print(f"not ok {len(TESTS) + 1} - official client: the server ends in peace")
        print("".join("# " + line + "\n" for line in str(error).splitlines()), end="")
    print(f"1..{len(TESTS) + 1}")
    return 1 if failed else 0


if __name__ == "__main__":
    import shutil

    try:
        sys.exit(main())
    finally:
        shutil.rmtree(SCRATCH, ignore_errors=True)
