# `make demo` and `make test` need Python >= 3.11 and make; each sets up what it needs, once. `make` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
MACHINE_CODE := .pytest_cache/numba
PEERS := .venv-bench
GRPCURL_VERSION := v1.9.4
# command:package, what the tests call that Debian packages
SYSTEM_COMMANDS := systemd-analyze:systemd systemd-nspawn:systemd-container ip:iproute2 shellcheck:shellcheck lintian:lintian tmux:tmux \
	chromium:chromium openssl:openssl jq:jq zsh:zsh fish:fish
APT_INSTALL := DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y -qq --no-install-recommends
# The tests are shared by so many workers, also on two cores: many wait for other processes.
# Their folders have short names: a Unix socket's path has 107 bytes at most.
WORKERS ?= 3
BENCHMARKS = $(sort $(wildcard tests/bench/bench_*.py))

# The interpreter of the venv: any that has wheels for every dependency.
SUITABLE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c '$(SUITABLE)' 2>/dev/null && echo $$python && break; done)

# Nothing is byte-compiled when it is installed: each program would do it again where the first may not keep it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup setup-test demo test acceptance bench disk mutants scope streams crash dst dst-bugs parity soak soak-web weeks backtest-oracle cluster fuzz fuzz-web lint format proto web web-dev lock deb clean system-packages node-packages grpcurl

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup ## trade real prices through the whole stack on this machine, no keys needed (ARGS: options of `fluxherod demo`)
	@exec $(BIN)/fluxherod demo $(ARGS)

test: setup-test ## run the tests (ARGS: options of pytest; WORKERS: how many at a time)
	@folder=$$(mktemp -d -t fh.XXXX) && $(BIN)/pytest -n $(WORKERS) --dist worksteal --basetemp "$$folder" $(ARGS) && rm -rf "$$folder"

acceptance: setup ## trade a folder of price files from end to end: make acceptance DATA=DIR
	@test -d "$(DATA)" || { echo 'make acceptance DATA=DIR: DIR is a folder of price files, such as SPY_1Hour.csv.gz'; exit 2; }
	@FLUXHERO_DATA="$$(cd "$(DATA)" && pwd)" $(BIN)/pytest tests/acceptance $(ARGS)

bench: $(PEERS)/.installed ## measure, beside TA-Lib, tulipy, FastAPI and other back-testers: run each tests/bench/bench_*.py
	@test -n "$(BENCHMARKS)" || { echo 'there is no tests/bench/bench_*.py'; exit 2; }
	@for benchmark in $(BENCHMARKS); do echo "== $$benchmark"; $(PEERS)/bin/python $$benchmark $(ARGS) || exit; done

disk: setup ## let each write, sync and truncation of a workload on the journal fail, in every way
	@DISK_SHARE=0 DISK_OF=1 $(BIN)/pytest tests/adapters/test_disk_faults.py -q -s --timeout 0 $(ARGS)

mutants: setup ## change a threshold or a comparison of the core or of backtests, one at a time: which test notices? (ARGS: words to choose by)
	@$(BIN)/python tests/mutants/run.py $(ARGS)

scope: setup ## every order of events, deeper than the tests do (DEPTH: choices in a row, MISFORTUNES: most of them that are faults)
	@SCOPE_DEPTH=$(or $(DEPTH),8) SCOPE_MISFORTUNES=$(or $(MISFORTUNES),1) $(BIN)/pytest tests/orders/test_small_scope.py -q -s --timeout 0 $(ARGS)

streams: setup ## drop subscribers and kill the daemon under load, oftener than the tests do (DROPS, KILLS)
	@STREAMS_DROPS=$(or $(DROPS),1000) STREAMS_KILLS=$(or $(KILLS),20) $(BIN)/pytest tests/system/test_streams.py -q -s --timeout 0 $(ARGS)
crash: setup ## kill the daemon at each of its failpoints, oftener than the tests do, and print a table (TIMES, WORKERS)
	@folder=$$(mktemp -d -t fh.XXXX) && trap 'rm -rf "$$folder"' EXIT && \
		{ CRASH_TIMES=$(or $(TIMES),10) CRASH_RESULTS="$$folder/results" $(BIN)/pytest tests/crash -q --timeout 600 -n $(WORKERS) \
		--basetemp "$$folder/t" $(ARGS); code=$$?; $(BIN)/python tests/crash/results.py "$$folder/results"; exit $$code; }

dst: setup ## simulate sessions of faults: make dst SEEDS=10000 (FIRST); SEED=123 tells one, TWICE=1000 compares hashes
	@PYTHONPATH=tests $(BIN)/python -m simulation $(if $(SEED),--seed $(SEED),$(if $(TWICE),--twice $(TWICE),--seeds $(or $(SEEDS),1000))) \
		--first $(or $(FIRST),0)

dst-bugs: setup ## at which seed the sessions find each of the bugs that are put in on purpose (ARGS: names)
	@PYTHONPATH=tests $(BIN)/python -m simulation.hunt $(ARGS)

parity: setup ## simulated sessions beside the backtest of their bars: make parity N=300 (FIRST); nothing may stay unexplained
	@PYTHONPATH=tests $(BIN)/python -m simulation.parity --seeds $(or $(N),300) --first $(or $(FIRST),0)

soak: setup ## leave the terminal UI open on 500 symbols and 2,000 prices a second: is its memory flat? (SECONDS, 3600)
	@$(BIN)/python tests/bench/bench_tui.py --seconds $(or $(SECONDS),3600)

soak-web: setup node-packages ## leave the dashboard open on 200 symbols and 500 updates a second: frames, processor, memory, delay (SECONDS, 600)
	@$(BIN)/python tests/bench/bench_dashboard.py --seconds $(or $(SECONDS),600)

weeks: setup ## simulate more whole weeks of faults than the tests do (N, 200)
	@FAULT_WEEKS=$(or $(N),200) $(BIN)/pytest tests/system/test_fault_weeks.py -q --timeout 0 -n $(WORKERS) $(ARGS)

backtest-oracle: setup ## the backtest against a plain one on more markets by chance than the tests do (N, 200)
	@BACKTEST_ORACLE_MARKETS=$(or $(N),200) $(BIN)/pytest tests/backtest/test_against_oracle.py -q --timeout 0 $(ARGS)

cluster: setup ## sweep 10,000 combinations on two Dask workers, kill one, compare with local threads
	@CLUSTER_STEPS=50 $(BIN)/pytest tests/backtest/test_cluster.py -q -s --timeout 0 $(ARGS)

fuzz-web: setup ## send the HTTP port what nobody should send: make fuzz-web N=50000 (SEED: others)
	@FUZZ_WEB_REQUESTS=$(or $(N),50000) FUZZ_WEB_SEED=$(or $(SEED),2024) $(BIN)/pytest tests/web/test_hostile.py -q -s --timeout 0 $(ARGS)

lint: setup-test ## lint, format, types, layers, lock, docs: the tests of the repository itself
	@$(BIN)/pytest tests/repository $(ARGS)

fuzz: setup ## send hostile calls to the API's door (N: how many, 50000; SEED)
	@FUZZ_REQUESTS=$(or $(N),50000) FUZZ_SEED=$(or $(SEED),2024) $(BIN)/pytest tests/rpc/test_fuzz.py -q --timeout 0 $(ARGS)

format: setup ## format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

proto: setup ## generate the Python code of the API from protos/
	@$(BIN)/python protos/generate.py

web: node-packages ## build the dashboard into daemon/fluxherod/webui (its sources: clients/web), and check it
	@npm run --silent check && npm run --silent unit && npm run --silent build

web-dev: node-packages ## the dashboard's sources with what changes at once, against a daemon (FLUXHERO_WEB, http://127.0.0.1:8050)
	@npm run --silent dev

lock: setup ## pin the dependencies of pyproject.toml in requirements.lock (ARGS=--upgrade for the newest)
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --extra dev \
		--python-version 3.11 pyproject.toml -o requirements.lock $(ARGS)
	@# What the service needs, and what builds it; of the same versions.
	@printf 'hatchling\n' | $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--extra daemon --constraint requirements.lock --python-version 3.11 pyproject.toml - -o systemd/requirements.lock

deb: ## build dist/fluxhero_VERSION_ARCH.deb: FluxHero and all that it needs, for this Debian's Python (in a minute)
	@systemd/deb/build.sh $(ARGS)
	@if command -v lintian >/dev/null; then lintian --allow-root --fail-on error,warning dist/fluxhero_*.deb; fi

clean: ## remove everything that make and the tools made
	@rm -rf $(VENV) $(PEERS) node_modules build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup: $(INSTALLED) ## set up .venv with the project and its pinned dependencies
	@:

setup-test: ## set up what the tests need besides: system packages (as root on Debian), npm packages, grpcurl, machine code
	@$(MAKE) --no-print-directory -j4 setup system-packages node-packages grpcurl $(MACHINE_CODE)/.compiled

$(BIN)/pip:
	@$(if $(PYTHON),$(PYTHON),false) -c '$(SUITABLE)' || { echo 'setup: needs Python 3.11 to 3.14 (make PYTHON=/path/to/python3)'; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { \
		test "$$(id -u)" = 0 && command -v apt-get >/dev/null && { apt-get update -qq; $(APT_INSTALL) python3-venv; } && \
		$(PYTHON) -m venv --clear $(VENV); } || { echo 'setup: no venv; on Debian and Ubuntu: apt-get install python3-venv'; exit 1; }

# No byte-compiling: it takes as long as the rest, and most of what is installed is never imported.
$(INSTALLED): requirements.lock pyproject.toml | $(BIN)/pip
	@echo 'setup: installing the pinned dependencies into $(VENV), once (half a minute)'
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Compiled before the tests, which call it in many processes: the first of them would compile it at the same time, each for itself.
$(MACHINE_CODE)/.compiled: $(INSTALLED) $(shell find daemon/fluxherod/core daemon/fluxherod/backtest -name '*.py')
	@mkdir -p $(@D) && NUMBA_CACHE_DIR=$(abspath $(@D)) $(BIN)/python -c \
		'from pathlib import Path; from fluxherod.commands.warmup import warmup_main; warmup_main(Path("$(@D)"))' >/dev/null
	@touch $@

# What only the benchmarks need: a venv of their own that also sees the packages of $(VENV). tulipy is compiled here.
$(PEERS)/.installed: $(wildcard tests/bench/*requirements.txt) $(INSTALLED)
	@$(BIN)/python -m venv --clear $(PEERS)
	@$(BIN)/python -c 'import sysconfig; print("import site; site.addsitedir(%r)" % sysconfig.get_path("purelib"))' \
		> "$$($(PEERS)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/project.pth"
	@for requirements in build-requirements requirements backtest-requirements; do $(PEERS)/bin/pip install --disable-pip-version-check \
		--no-deps --no-build-isolation --require-hashes -r tests/bench/$$requirements.txt >>$(PEERS)/install.log 2>&1 \
		|| echo "bench: without what tests/bench/$$requirements.txt names, it could not be installed (see $(PEERS)/install.log)"; done
	@touch $@

# The service is installed from the system's own Python, whatever $(PYTHON) is.
system-packages:
	@for need in $(SYSTEM_COMMANDS) venv:python3-venv; do \
		case $$need in venv:*) /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null;; *) command -v $${need%%:*} >/dev/null;; esac && continue; \
		if test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null; then \
			echo "setup: skipped the package $${need#*:} (needs root on Debian)"; continue; fi; \
		{ apt-get update -qq; $(APT_INSTALL) $${need#*:}; } >/dev/null || echo "setup: skipped the package $${need#*:}"; \
	done

node-packages: $(if $(wildcard package-lock.json),node_modules/.package-lock.json)
	@:

node_modules/.package-lock.json: package-lock.json
	@if ! command -v npm >/dev/null; then echo 'setup: skipped the npm packages (no npm)'; \
	else npm ci --silent --no-audit --no-fund && touch $@ || echo 'setup: skipped the npm packages (npm ci failed)'; fi

grpcurl: $(BIN)/grpcurl

$(BIN)/grpcurl: | $(BIN)/pip
	@if ! command -v go >/dev/null; then echo 'setup: skipped grpcurl (no go)'; \
	else CGO_ENABLED=0 GOBIN=$(abspath $(BIN)) go install github.com/fullstorydev/grpcurl/cmd/grpcurl@$(GRPCURL_VERSION) 2>$(VENV)/grpcurl.log \
		|| echo 'setup: skipped grpcurl (go install failed, see $(VENV)/grpcurl.log)'; fi
