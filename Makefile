# 六安市边缘户标准工作台 The edge-household workbench. `make run` opens it, `make test` tests it; nothing is needed but
# Python 3.11 to 3.13 (and, for the tests, Chromium, Chinese fonts and PostgreSQL, installed where that is possible).

BIN := .venv/bin
DEMO := data/demo
# make run PORT=8870: another port, where this one is taken.
PORT := 8866
# Files of tests stand in memory where the system has 8 GB of it for files: they are many, each is synced, none is kept.
IN_MEMORY := $(shell df -k --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 8000000 {print "TMPDIR=/dev/shm"}')

# Bytecode is written, also where the surroundings say otherwise: each process of a run, and each command that a test starts
# in one of its own, would compile the same sources again. `make clean` removes it.
TESTS := PYTHONDONTWRITEBYTECODE= $(IN_MEMORY) $(BIN)/pytest
LONGEST_FIRST := --dist loadfile --no-loadscope-reorder

.PHONY: setup for-tests spark run demo lab test fast cluster test-deep durations roles messages bench bundle licences check format clean

setup: .venv/.ready for-tests

.venv/.ready: pyproject.toml uv.lock .ci/setup
	.ci/setup
	@touch $@

for-tests:
	@.ci/setup for_tests

# PySpark, which tests of a cluster need beside Java 17. Without Java nothing is fetched: those tests say why they are skipped.
spark: .venv/.ready
	@if command -v java >/dev/null; \
	then $(BIN)/uv sync --quiet --frozen --inexact --extra spark --python $(BIN)/python; \
	else echo "没有 Java，集群的测试会跳过（需要 Java 17） no Java, so tests of a cluster are skipped (Java 17 is needed)"; fi

# The demonstration city: simulated, made once, in a store of its own.
$(DEMO)/facts: | .venv/.ready
	$(BIN)/workbench simulate --households 20000 --rounds 6 --seed 1 --store $(DEMO)

# And a round of one county under way in its register, with the people who work at it.
$(DEMO)/register.sqlite: | $(DEMO)/facts
	$(BIN)/workbench register demonstrate --round 2021-10 --county 341524 --store $(DEMO)

# The pages open at once; the demonstration's model is trained meanwhile, the first time.
run: .venv/.ready $(DEMO)/register.sqlite
	@$(BIN)/workbench demo --store $(DEMO) &
	$(BIN)/workbench serve --store $(DEMO) --port $(PORT)

demo: .venv/.ready $(DEMO)/register.sqlite
	@$(BIN)/workbench demo --store $(DEMO)

lab: .venv/.ready $(DEMO)/register.sqlite
	$(BIN)/workbench lab --store $(DEMO)

# A file at a time: what a file shares (a store, a server, a browser) is made once. In the order of tests/conftest.py: with a
# long file at the end, one process would wait for the others. Three processes on two cores: what waits for a browser, a
# server or the disk leaves a core to the others, which is worth more than collecting once more costs.
test: setup
	$(TESTS) -n 3 $(LONGEST_FIRST)

# What needs no browser, no database server and no training, as much of it as a minute has room for (tests/slow.txt): for every change.
fast: .venv/.ready
	$(TESTS) -n 2 $(LONGEST_FIRST) -m "not (deep or browser or database or training or slow)"

# A master and one worker as processes of their own: what of `make test-deep` every commit passes where Spark is there.
cluster: .venv/.ready
	$(TESTS) -m deep tests/cluster/test_one_worker.py

# The long runs: kills, attacks, loads, the variants of what `make test` proves once, and whatever is tried on examples on
# many more of them; before a release, and before a change of what they hold is called done.
test-deep: setup spark
	$(TESTS) -m "deep or hypothesis" --hypothesis-profile=many

# How long each test takes, and from that tests/slow.txt; wants a machine that does nothing else.
durations: setup
	@mkdir -p .cache
	$(TESTS) -n 2 $(LONGEST_FIRST) -vv --durations=0 --durations-min=0.005 > .cache/durations.txt
	$(BIN)/python -m tests.slow .cache/durations.txt
	rm .cache/durations.txt

# Who may do what: every command tried as every role, written down in docs/roles.md.
roles: setup
	$(BIN)/python -m tests.roles

bench: .venv/.ready
	$(BIN)/python -m benchmarks

# One archive that installs without internet; PYTHON=3.11 and MACHINE=x86_64 narrow it.
bundle: .venv/.ready
	$(BIN)/python -m deployment.bundle $(PYTHON:%=--python %) $(MACHINE:%=--machine %)

# The licences of what is bundled, from the installed packages.
licences: .venv/.ready
	$(BIN)/python -m deployment.licences

# The catalogue of messages, from the source.
messages: .venv/.ready
	$(BIN)/python -m tests.project.messages

check: .venv/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/project

format: .venv/.ready
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# Leaves data/store alone: that is the user's.
clean:
	rm -rf .venv .cache $(DEMO) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find workbench tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
