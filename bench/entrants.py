"""Who takes part: ikhim and each peer that is installed, and how each is called."""

import os
import subprocess
from dataclasses import dataclass

WORKLOADS = (
    "linreg", "xor", "softmax", "mlp", "mlp_deep", "infer_mlp", "cnn", "cnn_small", "resnet20", "infer_cnn", "lstm",
)
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers", "peer.py")

# Framework → the modules it needs, and its variants by kind of workload. Of
# several variants the fastest counts. `slow` ones need --all-variants: they
# compile for many seconds.
PYTHON_PEERS = {
    "torch": {
        "modules": ("torch", "numpy"), "train": ["eager"], "xor": ["eager"], "infer": ["eager", "jit"],
        "images": ["eager", "channels_last"], "residual": ["channels_last"], "infer_images": ["eager", "jit"],
        "recurrent": ["eager"], "slow": ["compile"],
    },
    "jax": {
        "modules": ("jax", "numpy"), "train": ["jit"], "xor": ["scan"], "infer": ["jit"], "images": ["jit"],
        "residual": [], "infer_images": ["jit"], "recurrent": [], "slow": [],
    },
    "tf": {
        "modules": ("tensorflow", "numpy"), "train": ["graph", "xla"], "xor": ["graph"], "infer": ["graph", "xla"],
        "images": ["graph"], "residual": ["graph"], "infer_images": ["graph"], "recurrent": [], "slow": [],
    },
    "ort": {
        "modules": ("onnxruntime", "onnx", "numpy"), "train": [], "xor": [], "infer": ["session"], "images": [],
        "residual": [], "infer_images": ["session"], "recurrent": [], "slow": [],
    },
}

# The frameworks of the program of `peers/rust`, each with its variant. They give no
# losses to compare, and no switch holds them to a level.
RUST_PEERS = {"burn": "flex", "candle": "cpu"}
RUST_KINDS = ("train", "infer", "images", "residual", "infer_images", "recurrent")

KINDS = ("train", "xor", "infer", "images", "residual", "infer_images", "recurrent")


def kind(workload):
    """What decides about variants."""
    kinds = {
        "xor": "xor", "cnn": "images", "cnn_small": "images", "resnet20": "residual", "infer_cnn": "infer_images",
        "lstm": "recurrent",
    }
    return kinds.get(workload, "infer" if workload.startswith("infer_") else "train")


@dataclass(frozen=True)
class Entrant:
    """One framework in one variant."""

    framework: str
    variant: str
    program: tuple
    kinds: tuple
    gives_losses: bool = True

    @property
    def label(self):
        return f"{self.framework} {self.variant}".strip()

    def timing(self, workload, threads, seconds):
        """The command that times a workload."""
        return [*self.command(workload, threads, self.variant), "--seconds", str(seconds)]

    def export(self, workload, threads, path):
        """The command by which a peer writes its exchange file."""
        # The whole loop of xor gives no loss of a step; its one step does.
        variant = "jit" if self.variant == "scan" else self.variant
        return [*self.command(workload, threads, variant), "--export", path]

    def command(self, workload, threads, variant):
        return [
            *self.program, workload, "--framework", self.framework, "--variant", variant, "--threads", str(threads),
        ]


@dataclass(frozen=True)
class Ikhim(Entrant):
    """The command `ikhim bench`."""

    def check(self, workload, threads, path):
        """The command that starts from a peer's exchange file and gives its own losses."""
        # The timing of this run is not used.
        return [*self.command(workload, threads, self.variant), "--check", path, "--seconds", "0.1"]

    def command(self, workload, threads, variant):
        return [*self.program, "bench", workload, "--threads", str(threads), "--json"]


def ikhim(path):
    """ikhim at this path."""
    return Ikhim("ikhim", "", (path,), KINDS)


def checking(workload, peers):
    """Those whose losses are compared.

    A hundred steps of resnet20 take half a minute on each side, so one peer has to do.
    """
    giving = [peer for peer in peers if peer.gives_losses]
    return giving[:1] if kind(workload) == "residual" else giving


def peers(interpreters, all_variants, rust=None):
    """The peers that can run and those that cannot, framework → reason.

    `interpreters` gives each framework the path of its Python, or None; `rust` is the
    path of the program of `peers/rust`, or None.
    """
    found, skipped = [], {}
    for framework, variant in RUST_PEERS.items():
        if rust and os.access(rust, os.X_OK):
            found.append(Entrant(framework, variant, (rust,), RUST_KINDS, gives_losses=False))
        else:
            skipped[framework] = f"{rust} does not run" if rust else "no program was given"
    for framework, python in interpreters.items():
        about = PYTHON_PEERS[framework]
        fault = python_fault(python, about["modules"]) if python else "no interpreter was given"
        if fault:
            skipped[framework] = fault
            continue
        variants = {}
        for k in KINDS:
            for v in about[k] + (about["slow"] if all_variants and about[k] else []):
                variants.setdefault(v, []).append(k)
        found += [Entrant(framework, v, (python, SCRIPT), tuple(kinds)) for v, kinds in variants.items()]
    return found, skipped


def python_fault(python, modules):
    """Why an interpreter cannot run a framework, or None."""
    script = "import importlib.util as u, sys; print(*[m for m in sys.argv[1:] if u.find_spec(m) is None])"
    try:
        done = subprocess.run([python, "-c", script, *modules], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as e:
        return str(e)
    if done.returncode != 0:
        return f"{python} does not run"
    missing = done.stdout.split()
    return f"{python} has no {', '.join(missing)}" if missing else None
