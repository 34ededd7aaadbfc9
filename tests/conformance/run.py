"""Runs the conformance suite against an implementation of the language; docs/conformance.md says what is compared.

    python3 tests/conformance/run.py lead run {case} --reasons --format jsonl --output {out}

The command is run for every case, {case} being its folder and {out} a folder that does not exist yet, into which it writes a
file for each one in `answers`. Needs nothing but Python 3.8.
"""

import json
import pathlib
import subprocess
import sys
import tempfile


def same(wanted, found):
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    if isinstance(wanted, (int, float)) and isinstance(found, (int, float)):
        return wanted == found or abs(wanted - found) <= 1e-12 * max(abs(wanted), abs(found))
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(same, wanted, found))
    if isinstance(wanted, dict) and isinstance(found, dict):
        return wanted.keys() == found.keys() and all(same(wanted[k], found[k]) for k in wanted)
    return wanted == found


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def wrong(case, out):
    names = {p.name for p in (case / "answers").iterdir()} | {p.name for p in out.iterdir()}
    for name in sorted(names):
        if not (out / name).exists() or not (case / "answers" / name).exists():
            return f"{name} is missing, or nobody asked for it"
        wanted, found = lines(case / "answers" / name), lines(out / name)
        if len(wanted) != len(found):
            return f"{name} has {len(found)} lines, not {len(wanted)}"
        for one, other in zip(wanted, found):
            if not same(one, other):
                return f"{name}: {json.dumps(other)}, not {json.dumps(one)}"
    return None


def main():
    command = sys.argv[1:]
    if not command:
        sys.exit(__doc__)
    root = pathlib.Path(__file__).resolve().parent
    cases = [entry["case"] for entry in lines(root / "cases.jsonl")]
    failed = 0
    for name in cases:
        case = root / name
        with tempfile.TemporaryDirectory() as work:
            out = pathlib.Path(work) / "out"
            args = [a.replace("{case}", str(case)).replace("{out}", str(out)) for a in command]
            ran = subprocess.run(args, capture_output=True, text=True)
            why = f"exit {ran.returncode}: {ran.stderr.strip()}" if ran.returncode else wrong(case, out)
        if why:
            failed += 1
            print(f"{name}: {why}")
    print(f"{len(cases) - failed} of {len(cases)} cases pass")
    sys.exit(1 if failed else 0)


main()
