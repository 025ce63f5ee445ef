"""Speed and memory of the running program, and what the embedded rater is worth: tables printed by `make bench`.

    python -m benchmarks [NAME …]

Everything runs on this machine, over loopback, with no key. A goal stands beside each figure that has one. Figures move with the
load of the machine, which is printed with them; where a goal is a ratio, both sides are measured in the same run.
"""
