#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the golden tensors of the ARR-COC engine by running the Python reference.

    make_goldens.py --reference CHECKOUT --commit HASH [--out FOLDER] [CASE ...]

CHECKOUT holds the reference project's packages ARR_COC and HFApp. Needed besides it: torch, kornia,
numpy, scipy, matplotlib, Pillow, opencv-python-headless (for the heat maps). CASE is 01 to 24; none:
all. The same versions write the same bytes.

What each case is for stands in README.md, which this script does not write.
"""

import argparse
import contextlib
import importlib
import importlib.util
import io
import json
import os
import pathlib
import struct
import sys

os.environ["MPLBACKEND"] = "Agg"
sys.dont_write_bytecode = True  # neither here nor in the checkout

import kornia
import matplotlib
import numpy as np
import PIL
import torch
from PIL import Image

import pictures

DTYPES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "int64": "I64", "uint64": "U64",
    "int32": "I32", "uint8": "U8",
}
SIZES = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "F16": 2, "U8": 1}


class Goldens:
    """What all cases share: the reference, the versions, the folder."""

    def __init__(self, reference, commit, out):
        self.out = pathlib.Path(out)
        self.meta = {
            "generator": "tests/golden/arrcoc/make_goldens.py",
            "kornia": kornia.__version__,
            "numpy": np.__version__,
            "pillow": PIL.__version__,
            "reference": commit,
            "torch": torch.__version__,
        }
        code = pathlib.Path(reference) / "ARR_COC"
        # One by one: the package itself would import a whole vision-language model.
        for name in ("texture", "knowing", "balancing", "attending"):
            spec = importlib.util.spec_from_file_location(f"reference_{name}", code / f"{name}.py")
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            setattr(self, name, module)
        self.app = pathlib.Path(reference) / "HFApp"

    def microscope(self, name):
        if str(self.app) not in sys.path:
            sys.path.insert(0, str(self.app))
        # Newer matplotlib has dropped the function by which the reference finds colour maps.
        if not hasattr(matplotlib.cm, "get_cmap"):
            matplotlib.cm.get_cmap = lambda colour_map: matplotlib.colormaps[colour_map]
        with contextlib.redirect_stdout(io.StringIO()):
            return importlib.import_module(f"microscope.{name}")

    def save(self, name, about, tensors):
        """As the format's own writer sorts: dtypes of large items first, then names."""
        order = sorted(tensors, key=lambda n: (-SIZES[DTYPES[tensors[n].dtype.name]], n))
        header, at = {"__metadata__": dict(self.meta, case=about)}, 0
        for key in order:
            t = tensors[key]
            header[key] = {"dtype": DTYPES[t.dtype.name], "shape": list(t.shape),
                           "data_offsets": [at, at + t.nbytes]}
            at += t.nbytes
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        with open(self.out / f"{name}.safetensors", "wb") as f:
            f.write(struct.pack("<Q", len(text)) + text)
            for key in order:
                t = np.ascontiguousarray(tensors[key])
                f.write(t.astype(t.dtype.newbyteorder("<")).tobytes())
        print(f"{name}: {len(text) + 8 + at} bytes")

    def texture_of(self, image, grid=32):
        """The reference's texture, and what its calls of interpolate returned on the way."""
        seen = []

        class Recorder:
            @staticmethod
            def interpolate(*args, **kwargs):
                result = torch.nn.functional.interpolate(*args, **kwargs)
                seen.append(result)
                return result

        original, self.texture.F = self.texture.F, Recorder
        try:
            t = self.texture.generate_texture_array(image, grid)
        finally:
            self.texture.F = original
        intermediate, raw = seen[0], torch.cat(seen[4:7], dim=1)
        lab = kornia.color.rgb_to_lab(intermediate)
        b = torch.nn.functional.interpolate(lab[:, 2:3], size=(grid, grid), mode="bilinear",
                                            align_corners=False)
        return t, raw, (b + 128.0) / 255.0

    def learned(self, dim):
        """Scorer and balancer as the reference initialises them, rounded to what F16 can hold."""
        torch.manual_seed(0)
        scorer = self.knowing.ParticipatoryScorer(13, dim)
        balancer = self.balancing.AdaptiveTensionBalancer(128, dim)
        for module in (scorer, balancer):
            round_to_half(module)
        return scorer, balancer

    def balance(self, balancer, ways, query):
        """R, its weighted map before the min-max, the weights and the summaries."""
        kept = {}
        hook = balancer.weight_predictor.register_forward_hook(
            lambda _, args, result: kept.update(summaries=args[0][:, :9], weights=result))
        side = ways[0].shape[-1]
        flat = [w.reshape(w.shape[0], -1) for w in ways]
        positions = torch.zeros(flat[0].shape[0], flat[0].shape[1], 2)
        balanced = balancer(*flat, positions, query, image_size=(side, side))
        hook.remove()
        w = kept["weights"]
        kept["raw"] = w[:, 0:1] * flat[0] + w[:, 1:2] * flat[1] + w[:, 2:3] * flat[2]
        return balanced, kept

    def top(self, balanced, k):
        positions = torch.zeros(*balanced.shape, 2)
        indices, _ = self.attending.TokenAllocator(K=k)(balanced, positions)
        return indices

    def chain(self, dim):
        """Case 7's picture through everything, with weights of width dim."""
        t, _, _ = self.texture_of(tensor(pictures.planar(pictures.smooth(7, 640, 480))))
        scorer, balancer = self.learned(dim)
        query = query_of(dim)
        ways = [self.knowing.information_score(t), self.knowing.perspectival_score(t),
                scorer(t, query)]
        return t, ways, query, scorer, balancer


def tensor(planes):
    return torch.from_numpy(planes)[None]


def query_of(dim):
    torch.manual_seed(1)
    return torch.randn(1, dim)


def round_to_half(module):
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(p.half().float())


def plain(t):
    return t.detach().numpy()


def first(t):
    """Without the batch axis."""
    return plain(t)[0]


# ---- texture ---------------------------------------------------------------------------------


def save_texture(g, name, about, image, what=("T", "raw")):
    t, raw, b = g.texture_of(tensor(image))
    out = {"T": first(t), "raw": first(raw), "b": first(b)[0],
           "I": first(g.knowing.information_score(t)),
           "P": first(g.knowing.perspectival_score(t)),
           "T0-4": first(t)[0:5], "T8-10": first(t)[8:11]}
    g.save(name, about, {key: out[key] for key in what})


def case_01(g):
    save_texture(g, "case01", "noise seed 1, 512x512: the first resize is the identity",
                 pictures.planar(pictures.noise(1, 512, 512)), ("T", "raw", "b", "I", "P"))


def case_02(g):
    save_texture(g, "case02", "noise seed 2, 640x480: fractional scale",
                 pictures.planar(pictures.noise(2, 640, 480)), ("T", "raw", "b", "I", "P"))


def case_03(g):
    save_texture(g, "case03", "noise seed 3, 333x777: one axis up, one down",
                 pictures.planar(pictures.noise(3, 333, 777)))


def case_04(g):
    save_texture(g, "case04", "noise seed 4, 31x17: much larger, indices at the border",
                 pictures.planar(pictures.noise(4, 31, 17)))


def case_05(g):
    for side in (1, 2):
        save_texture(g, f"case05-{side}", f"noise seed 5, {side}x{side}",
                     pictures.planar(pictures.noise(5, side, side)), ("T0-4", "T8-10"))


def case_06(g):
    save_texture(g, "case06", "noise seed 6, 3840x2160",
                 pictures.planar(pictures.noise(6, 3840, 2160)), ("T", "raw", "I"))


def case_07(g):
    picture = pictures.smooth(7, 640, 480)
    save_texture(g, "case07", "smooth picture with rectangles, seed 7, 640x480",
                 pictures.planar(picture), ("T", "raw", "b", "I", "P"))
    resized = np.asarray(Image.fromarray(picture).resize((512, 512), Image.BILINEAR))
    save_texture(g, "case07-b", "as 07, resized to 512x512 by Pillow before: path B",
                 pictures.planar(resized), ("T", "raw", "I"))
    t, raw, _ = g.texture_of(tensor(pictures.planar(picture)), grid=14)
    scorer, balancer = g.learned(64)
    query = query_of(64)
    ways = [g.knowing.information_score(t), g.knowing.perspectival_score(t), scorer(t, query)]
    balanced, kept = g.balance(balancer, ways, query)
    g.save("case07-14", "as 07 with a grid of 14; weights64, query64",
           {"T": first(t), "raw": first(raw), "I": first(ways[0]), "Q": first(ways[2]),
            "weights": first(kept["weights"]), "R": first(balanced)})


def case_08(g):
    for value in (0.0, 0.3, 0.5, 1.0):
        for width, height in ((512, 512), (640, 480)):
            save_texture(g, f"case08-{int(10 * value):02d}-{width}",
                         f"constant {value}, {width}x{height}",
                         pictures.constant(value, width, height), ("T0-4", "T8-10", "raw"))


def case_09(g):
    save_texture(g, "case09", "red grows with x, green with y, 640x480: edges nearly constant",
                 pictures.ramp(640, 480), ("T0-4", "raw"))


def case_10(g):
    image = tensor(pictures.planar(pictures.colours()))
    lab = kornia.color.rgb_to_lab(image)
    gray = kornia.color.rgb_to_grayscale(image)
    # Grays within a few representable numbers of the two thresholds.
    at = []
    for threshold in (0.04045, 0.0923):
        bits = np.float32(threshold).view(np.uint32)
        at.append(np.arange(bits - 16, bits + 16, dtype=np.uint32).view(np.float32))
    near = np.concatenate(at)
    near_image = torch.from_numpy(near)[None, None, None].expand(1, 3, 1, -1)
    near_lab = kornia.color.rgb_to_lab(near_image)
    centre = np.s_[:, 4::8, 4::8]
    g.save("case10", "4096 colours by kornia directly; grays around the thresholds",
           {"lab": first(lab)[centre].copy(), "gray": first(gray)[centre].copy(),
            "near": near, "near_lab": first(near_lab)[:, 0].copy()})


def case_11(g):
    save_texture(g, "case11", "edges at every phase of a cell, 512x512",
                 pictures.planar(pictures.steps()))


def case_12(g):
    image = torch.cat([tensor(pictures.planar(pictures.noise(s, 512, 512))) for s in (12, 13)])
    t, raw, _ = g.texture_of(image)
    scorer, balancer = g.learned(64)
    query = query_of(64).expand(2, -1)
    ways = [g.knowing.information_score(t), g.knowing.perspectival_score(t), scorer(t, query)]
    balanced, kept = g.balance(balancer, ways, query)
    g.save("case12", "noise seeds 12 and 13 as one batch: min-max over both; weights64, query64",
           {"T": plain(t), "raw": plain(raw), "I": plain(ways[0]), "Q": plain(ways[2]),
            "weights": plain(kept["weights"]), "R": plain(balanced)})


# ---- knowing, balancing, attending -------------------------------------------------------------


def save_learned(g, dim, scorer, balancer):
    tensors = {f"participatory_scorer.{k}": plain(v.half())
               for k, v in scorer.state_dict().items()}
    tensors |= {f"balancer.{k}": plain(v.half()) for k, v in balancer.state_dict().items()}
    g.save(f"weights{dim}", f"torch's random start, seed 0, D {dim}, rounded to F16", tensors)
    g.save(f"query{dim}", f"torch.randn, seed 1, D {dim}", {"query": first(query_of(dim))})


def case_13(g):
    _, ways, query, scorer, balancer = g.chain(2048)
    save_learned(g, 2048, scorer, balancer)
    balanced, kept = g.balance(balancer, ways, query)
    g.save("case13", "case 07 with weights2048 and query2048",
           {"Q": first(ways[2]), "R": first(balanced), "raw": first(kept["raw"]),
            "weights": first(kept["weights"]), "summaries": first(kept["summaries"]),
            "top": first(g.top(balanced, 200)).astype(np.int32)})


def case_14(g):
    for dim in (1536, 64):
        _, ways, query, scorer, balancer = g.chain(dim)
        save_learned(g, dim, scorer, balancer)
        balanced, kept = g.balance(balancer, ways, query)
        g.save(f"case14-{dim}", f"case 07 with weights{dim} and query{dim}",
               {"Q": first(ways[2]), "R": first(balanced), "weights": first(kept["weights"])})


def case_15(g):
    t, _, query, scorer, _ = g.chain(2048)
    half = query.bfloat16()
    unit = torch.nn.functional.normalize(half, dim=1)
    g.save("case15", "case 13 with the query as bf16: Q, and the query's rounded unit vector",
           {"Q": first(scorer(t, half)), "unit": first(unit.float())})


def case_16(g):
    _, ways, query, _, balancer = g.chain(2048)
    out = {}
    for scales in ((0, 1, 1), (1, 0, 1), (1, 1, 0), (30, 1, 1), (0, 0, 0)):
        name = "-".join(str(s) for s in scales)
        balanced, kept = g.balance(balancer, [w * s for w, s in zip(ways, scales)], query)
        out[f"R.{name}"] = first(balanced)
        out[f"weights.{name}"] = first(kept["weights"])
        out[f"top.{name}"] = first(g.top(balanced, 200)).astype(np.int32)
    g.save("case16", "case 13 with scales for I, P, Q, as the app applies them", out)


def case_17(g):
    values = (pictures.splitmix64(17, 1024) >> np.uint64(58)).astype(np.float32) / np.float32(64)
    r = torch.from_numpy(values)[None]
    out = {"R": values}
    for k in (1, 200, 1024, 2000):
        out[f"top.{k}"] = first(g.top(r, k)).astype(np.int32)
    g.save("case17", "R of 64 values, many equal: torch's top k, whose choice among equals is open",
           out)


class Contextual(torch.nn.Module):
    """The design dialogue's balancer, which the reference project itself does not contain."""

    def __init__(self):
        super().__init__()
        nn = torch.nn
        self.tension_policy = nn.Sequential(nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 32),
                                            nn.ReLU(), nn.Linear(32, 3), nn.Sigmoid())
        self.combiner = nn.Sequential(nn.Linear(3, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(),
                                      nn.Linear(32, 1))

    def forward(self, ways):
        cells = torch.stack([w.reshape(-1) for w in ways], dim=1)
        context = torch.zeros(128)
        context[0:6] = torch.stack([cells.mean(dim=0), cells.std(dim=0)], dim=1).reshape(-1)
        tensions = self.tension_policy(context)
        return tensions, self.combiner(cells * tensions)[:, 0]


def case_18(g):
    _, ways, _, _, _ = g.chain(2048)
    torch.manual_seed(0)
    module = Contextual()
    round_to_half(module)
    tensions, raw = module(ways)
    g.save("weights-contextual", "contextual balancer, torch's random start, seed 0, as F16",
           {k: plain(v.half()) for k, v in module.state_dict().items()})
    g.save("case18", "contextual balancer on I, P, Q of case 13: the script's own modules",
           {"tensions": plain(tensions), "raw": plain(raw)})


def case_19(g):
    out = {}
    for k, kappa in ((200, 1.0), (200, 2.0), (200, 3.2), (273, 3.2)):
        s = np.arange(k - 1, -1, -1, dtype=np.float64) / (k - 1)
        out[f"s.{k}"] = s
        out[f"b.{k}.{kappa:g}"] = 64.0 + (400.0 - 64.0) * s**kappa
    sums = {key: round(float(v.sum())) for key, v in out.items() if key[0] == "b"}
    assert sums == {"b.200.1": 46400, "b.200.2": 35256, "b.200.3.2": 28888,
                    "b.273.3.2": 39400}, sums
    g.save("case19", "power curve of budgets 64 to 400 before rounding, evenly spread scores", out)


# ---- microscope ------------------------------------------------------------------------------


def case_21(g):
    metrics = g.microscope("5-metrics.core")
    _, ways, query, _, balancer = g.chain(2048)
    r = first(g.balance(balancer, ways, query)[0])
    block = np.array([32 * y + x for y in range(16) for x in range(16)])
    selections = {
        "block": block,
        "stride": np.array([(2 * k + 1) * 1024 // 400 for k in range(200)]),
        "random": np.argsort(pictures.splitmix64(21, 1024), kind="stable")[:200],
        "none": np.zeros(0, np.int64),
        "one": np.array([527]),
        "two": np.array([33, 900]),
    }
    names, out = None, {"R": r}
    for key, chosen in selections.items():
        m = metrics.compute_summary_metrics(chosen, r.astype(np.float64))
        names = names or list(m)
        out[f"chosen.{key}"] = chosen.astype(np.int32)
        out[f"metrics.{key}"] = np.array([m[n] for n in names], np.float64)
    g.save("case21", "summary metrics in the order " + " ".join(names), out)


def case_22(g):
    comparison = g.microscope("4-comparison.core")
    attribution = g.microscope("2-textures.channel_attribution")
    t, ways, query, _, balancer = g.chain(2048)
    r = first(g.balance(balancer, ways, query)[0]).astype(np.float64)
    i, p, q = (first(w).reshape(-1).astype(np.float64) for w in ways)
    base = 0.5 * i + 0.5 * p
    chosen = [np.argsort(v)[::-1][:200] for v in (base, r)]
    overlap = len(np.intersect1d(*chosen))
    numbers = [overlap, 100 * overlap / 200, 100 - 100 * overlap / 200, base.mean(), base.std(),
               r.mean(), r.std(), (r - base).mean(), np.abs(r - base).max(), q.mean()]
    # The reference only draws its figures; they are checked against what it wrote there.
    figure = comparison.compare_query_impact(
        i, p, q, r, Image.fromarray(pictures.smooth(7, 256, 256)), query="q")
    text = "".join(t.get_text() for axes in figure.axes for t in axes.texts)
    for wanted in (f"Overlap: {overlap}/200 patches ({numbers[1]:.1f}%)",
                   f"No Query Mean: {numbers[3]:.3f}", f"No Query Std: {numbers[4]:.3f}",
                   f"With Query Mean: {numbers[5]:.3f}", f"With Query Std: {numbers[6]:.3f}",
                   f"Mean Shift: {numbers[7]:+.3f}", f"Max Shift: {numbers[8]:.3f}",
                   f"Participatory Contribution: {numbers[9]:.3f}"):
        assert wanted in text, wanted
    flat = first(t).astype(np.float64)
    pearson = attribution.compute_channel_attribution(flat, r)
    spearman = attribution.compute_channel_attribution(flat, r, method="spearman")
    groups = pearson["semantic_contributions"]
    g.save("case22", "query impact (overlap, overlap %, shift %, mean and std of the baseline, of "
           "R, mean shift, max shift, mean Q) and attribution of case 13",
           {"impact": np.array(numbers, np.float64),
            "r": pearson["correlations"].astype(np.float64),
            "p": pearson["p_values"].astype(np.float64),
            "rho": spearman["correlations"].astype(np.float64),
            "ranking": pearson["rankings"].astype(np.int32),
            "groups": np.array([[groups[n]["mean_abs_corr"], groups[n]["max_abs_corr"]]
                                for n in ("Color", "Edges", "Spatial", "Derived")])})


LUTS = ("hot", "viridis", "plasma", "inferno", "RdYlGn", "RdBu_r", "seismic", "Reds", "Greens",
        "Blues", "gray", "YlOrRd")


def case_23(g):
    false_color = g.microscope("2-textures.false_color")
    heat = g.microscope("1-heatmaps.core")
    homunculus = g.microscope("0-homunculus.core")
    t, ways, query, _, balancer = g.chain(2048)
    balanced = g.balance(balancer, ways, query)[0]
    top = g.top(balanced, 200)
    picture = Image.fromarray(pictures.smooth(7, 256, 256))
    out = {f"lut.{n}": matplotlib.colormaps[n](np.arange(256), bytes=True)[:, :3].copy()
           for n in LUTS}
    for mode in ("semantic", "edges", "spatial"):
        out[f"false.{mode}"] = np.asarray(false_color.apply_false_color(t, mode))
    out["false.custom"] = np.asarray(false_color.create_false_color_composite(t, [0, 7, 10]))
    maps = {"I": ways[0][0], "R": balanced.reshape(32, 32)}
    for name, colour_map in (("I", "viridis"), ("R", "hot")):
        drawn = heat.draw_heatmap(maps[name].detach(), picture, colour_map, alpha=0.6)
        out[f"heat.{name}"] = np.asarray(drawn)
    for style in ("overlay", "heatmap"):
        out[f"homunculus.{style}"] = np.asarray(
            homunculus.draw_homunculus(picture, top, style=style))
    g.save("case23", "false colour, heat maps and homunculus of case 13 over smooth 7 of 256x256, "
           "and matplotlib's colour maps", out)


# ---- path B ------------------------------------------------------------------------------------


def fnv1a(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return h


def case_24(g):
    out = {}
    for seed, width, height in ((24, 640, 480), (25, 200, 300), (26, 1920, 1080), (27, 512, 700)):
        picture = Image.fromarray(pictures.noise(seed, width, height))
        resized = np.asarray(picture.resize((512, 512), Image.BILINEAR))
        out[f"hash.{width}x{height}"] = np.array([fnv1a(resized.tobytes())], np.uint64)
        out[f"sample.{width}x{height}"] = resized[4::8, 4::8].copy()
    g.save("case24", "noise seeds 24 to 27 resized to 512x512 by Pillow: FNV-1a 64 of all bytes, "
           "and every 8th pixel from 4", out)


def main():
    cases = {name[5:]: f for name, f in globals().items() if name.startswith("case_")}
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--reference", required=True, help="checkout of the reference project")
    parser.add_argument("--commit", required=True, help="which commit that is")
    parser.add_argument("--out", default=pathlib.Path(__file__).parent, help="folder to write to")
    parser.add_argument("case", nargs="*", help="of " + " ".join(cases))
    args = parser.parse_args()
    torch.set_num_threads(1)
    sys.setrecursionlimit(10000)  # the reference counts clusters by recursion over cells
    g = Goldens(args.reference, args.commit, args.out)
    with torch.no_grad():
        for name in args.case or cases:
            cases[name](g)


if __name__ == "__main__":
    main()
