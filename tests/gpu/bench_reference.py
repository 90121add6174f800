# SPDX-License-Identifier: Apache-2.0
"""The Python reference on the same device as bench_gpu: 13 channels to balanced relevance.

    bench_reference.py REFERENCE [KORNIA]

REFERENCE is a checkout with the package ARR_COC, KORNIA a folder with kornia where the system has
none. Prints lines as bench_gpu does; where something is missing, one line says what.
"""

import importlib.util
import pathlib
import statistics
import sys


def skipped(reason):
    print(f"# the Python reference was skipped: {reason}")
    sys.exit(0)


def load(name):
    """One module of the package: as a whole it wants transformers, which nothing here needs."""
    path = pathlib.Path(sys.argv[1]) / "ARR_COC" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def median_us(torch, work, n=50):
    times = []
    for i in range(n + 5):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        work()
        end.record()
        end.synchronize()
        if i >= 5:
            times.append(start.elapsed_time(end) * 1e3)
    return statistics.median(times)


def main():
    if len(sys.argv) < 2:
        skipped("no checkout was named")
    sys.path[:0] = sys.argv[2:]
    try:
        import torch

        balancing, knowing, texture = (load(m) for m in ("balancing", "knowing", "texture"))
    except (ImportError, OSError) as e:
        skipped(e)
    if not torch.cuda.is_available():
        skipped("torch sees no CUDA device")

    torch.manual_seed(0)
    image = torch.rand(1, 3, 2160, 3840, device="cuda")
    query = torch.randn(1, 2048, device="cuda")
    scorer = knowing.ParticipatoryScorer(texture_dim=13, query_dim=2048).cuda().eval()
    balancer = balancing.AdaptiveTensionBalancer(hidden_dim=128, query_dim=2048).cuda().eval()
    positions = torch.zeros(1, 1024, 2, device="cuda")

    def channels():
        return texture.generate_texture_array(image, target_size=32)

    def whole():
        t = channels()
        info = knowing.information_score(t).reshape(1, -1)
        persp = knowing.perspectival_score(t).reshape(1, -1)
        partic = scorer(t, query).reshape(1, -1)
        r = balancer(info, persp, partic, positions, query, (32, 32))
        return torch.topk(r, 200)

    with torch.no_grad():
        note = f"fp32 4K picture on the device, torch {torch.__version__}"
        print(f"reference: 13 channels\t{median_us(torch, channels):.4g}\tus\t\t{note}")
        print(f"reference: 13 channels to ranks, trained\t{median_us(torch, whole):.4g}\tus\t\t{note}")


main()
