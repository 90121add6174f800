#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Time the Python reference of the ARR-COC engine, the peer of our own figures.

    peer_arrcoc.py REFERENCE [--runs N] [--threads 1,2]

REFERENCE is a checkout with the package ARR_COC; torch and kornia must be importable. One picture
of 512 x 512, already a float tensor, query and weights of width 2048: texture, the three scores, the
balancer, the choice of 200 cells. Warm; medians over N runs.

Prints one line of JSON: {"us": {"1": {"texture": ..., "scores": ..., "balance": ..., "attend": ...,
"total": ...}, "2": {...}}, ...}, or {"skipped": REASON} when it cannot run here.
"""

import argparse
import importlib.util
import json
import pathlib
import statistics
import sys
import time

sys.dont_write_bytecode = True  # not in the checkout

SIDE, GRID, DIM, CELLS_KEPT, WARM_UP = 512, 32, 2048, 200, 10
STAGES = ("texture", "scores", "balance", "attend")


def load(reference, name):
    path = pathlib.Path(reference) / "ARR_COC" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"reference_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Pipeline:
    def __init__(self, torch, reference):
        self.texture = load(reference, "texture")
        self.knowing = load(reference, "knowing")
        torch.manual_seed(0)
        self.scorer = self.knowing.ParticipatoryScorer(13, DIM).eval()
        self.balancer = load(reference, "balancing").AdaptiveTensionBalancer(128, DIM).eval()
        self.allocator = load(reference, "attending").TokenAllocator(K=CELLS_KEPT)
        self.image = torch.rand(1, 3, SIDE, SIDE)
        self.query = torch.randn(1, DIM)
        self.positions = torch.zeros(1, GRID * GRID, 2)

    def run(self):
        """The time after each stage, in nanoseconds."""
        at = [time.perf_counter_ns()]
        t = self.texture.generate_texture_array(self.image, GRID)
        at.append(time.perf_counter_ns())
        ways = [self.knowing.information_score(t), self.knowing.perspectival_score(t),
                self.scorer(t, self.query)]
        at.append(time.perf_counter_ns())
        flat = [w.reshape(1, -1) for w in ways]
        r = self.balancer(*flat, self.positions, self.query, image_size=(GRID, GRID))
        at.append(time.perf_counter_ns())
        self.allocator(r, self.positions)
        at.append(time.perf_counter_ns())
        return at


def measure(pipeline, runs):
    for _ in range(WARM_UP):
        pipeline.run()
    times = [pipeline.run() for _ in range(runs)]
    out = {name: statistics.median(t[i + 1] - t[i] for t in times) / 1000
           for i, name in enumerate(STAGES)}
    out["total"] = statistics.median(t[-1] - t[0] for t in times) / 1000
    return {name: round(us, 1) for name, us in out.items()}


def report(args):
    if not (pathlib.Path(args.reference) / "ARR_COC" / "texture.py").exists():
        return {"skipped": f"no reference project in {args.reference}"}
    try:
        import kornia
        import torch
    except ImportError as e:
        return {"skipped": f"{e.name} is not installed for {pathlib.Path(sys.executable).name}"}
    us = {}
    with torch.no_grad():
        pipeline = Pipeline(torch, args.reference)
        for threads in args.threads.split(","):
            torch.set_num_threads(int(threads))
            us[threads] = measure(pipeline, args.runs)
    return {"us": us, "runs": args.runs, "picture": f"{SIDE}x{SIDE}", "dim": DIM,
            "torch": torch.__version__, "kornia": kornia.__version__}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("reference", help="checkout of the reference project")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--threads", default="1,2", help="numbers of torch threads")
    print(json.dumps(report(parser.parse_args())))


if __name__ == "__main__":
    main()
