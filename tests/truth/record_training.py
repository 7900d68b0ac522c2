"""How PyTorch learns: the loss of every step under each optimiser and schedule, into tests/truth/training.json.

    pip install torch==2.15.0 numpy
    python tests/truth/record_training.py

Twelve random images of 6 by 6 in one batch, so that their order is of no account; two small networks, one that tells three
classes apart and one that tells two. Every case starts from the same parameters. crates/engine/tests/train.rs takes the same
steps.
"""

import json
import pathlib
from collections import OrderedDict

import numpy as np
import torch
from torch import nn

STEPS = 8
CASES = [
    # optimizer, learning rate, weight decay, schedule
    ("sgd", 0.01, 0.0, "constant"),
    ("sgd", 0.01, 0.01, "linear"),
    ("adam", 0.01, 0.0, "constant"),
    ("adam", 0.01, 0.1, "cosine"),
    ("adamw", 0.01, 0.1, "constant"),
]
NETS = {
    "three": "network three\ninput 6x6x1\nconv 3x3, 2, relu\nbatchnorm\nflatten\ndense 3, softmax\n",
    "two": "network two\ninput 6x6x1\nconv 3x3, 2, relu\nflatten\ndense 1, sigmoid\n",
}


def module(name):
    layers = {"conv1": nn.Conv2d(1, 2, 3), "relu": nn.ReLU()}
    if name == "three":
        layers["batchnorm1"] = nn.BatchNorm2d(2)
    layers["flatten"] = nn.Flatten()
    layers["dense1"] = nn.Linear(32, 3 if name == "three" else 1)
    return nn.Sequential(OrderedDict(layers))


def optimizer(name, params, rate, decay):
    if name == "sgd":
        return torch.optim.SGD(params, lr=rate, momentum=0.9, weight_decay=decay)
    return {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[name](params, lr=rate, weight_decay=decay)


def schedule(name, of):
    if name == "cosine":
        return torch.optim.lr_scheduler.CosineAnnealingLR(of, STEPS)
    if name == "linear":
        return torch.optim.lr_scheduler.LinearLR(of, 1.0, 1e-12, STEPS)
    return torch.optim.lr_scheduler.ConstantLR(of, 1.0)


def main():
    torch.manual_seed(0)
    images = np.random.default_rng(0).integers(0, 256, (12, 6, 6))
    inputs = torch.tensor(images, dtype=torch.float32)[:, None] / 255
    out = {"images": images.tolist(), "networks": []}
    for name, text in NETS.items():
        count = 3 if name == "three" else 2
        classes = [at % count for at in range(12)]
        start = {key: value.clone() for key, value in module(name).state_dict().items()}
        weights = {key: value.flatten().tolist() for key, value in start.items() if not key.endswith("tracked")}
        cases = []
        for which, rate, decay, over in CASES:
            net = module(name)
            net.load_state_dict(start)
            step = optimizer(which, net.parameters(), rate, decay)
            rates = schedule(over, step)
            losses = []
            for _ in range(STEPS):
                said = net(inputs)
                if count == 3:
                    loss = nn.functional.cross_entropy(said, torch.tensor(classes))
                else:
                    loss = nn.functional.binary_cross_entropy_with_logits(said[:, 0], torch.tensor(classes).float())
                losses.append(loss.item())
                step.zero_grad()
                loss.backward()
                step.step()
                rates.step()
            options = {"optimizer": which, "learning-rate": rate, "weight-decay": decay, "schedule": over}
            cases.append({"options": options, "losses": losses})
        out["networks"].append({"net": text, "classes": classes, "weights": weights, "cases": cases})
    path = pathlib.Path(__file__).with_name("training.json")
    path.write_text(json.dumps(out) + "\n", encoding="ascii")


main()
