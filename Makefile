# The two commands of the README are `make` and `make test`; `make help` lists the rest.
PYTHON ?= python3
CORES ?= 2
LOCKS := $(wildcard requirements.txt workflow/envs/*.txt)
RUN := .venv/bin/snakemake --cores $(CORES)

# Snakemake and the workers find the environment's own programs, and nothing else changes results.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export MPLBACKEND := Agg
export OPENBLAS_NUM_THREADS := 1

.PHONY: all test oracles spoilt bench validation lint format lock snapshot verify reference pictures schema documents report clean help
.DELETE_ON_ERROR:

all: .venv/ready ## run the whole analysis (the default)
	@$(RUN) all
	@.venv/bin/python workflow/scripts/where_to_look.py

test: .venv/ready-dev ## run every check that fits in a quarter of an hour
	@.venv/bin/python workflow/scripts/run_checks.py

.venv/ready: $(LOCKS) pyproject.toml requirements.in workflow/environment.py
	@$(PYTHON) workflow/environment.py
	@touch $@

.venv/ready-dev: .venv/ready
	@$(PYTHON) workflow/environment.py --dev
	@touch $@

.venv-oracles/ready: $(LOCKS) pyproject.toml requirements.in workflow/environment.py
	@$(PYTHON) workflow/environment.py --oracles
	@touch $@

oracles: .venv-oracles/ready ## compare the methods with the packages of other authors
	@.venv-oracles/bin/python -m pytest -m oracle

bench: .venv-oracles/ready ## time the methods beside the packages of other authors
	@.venv-oracles/bin/python workflow/scripts/benchmark.py

spoilt: .venv/ready-dev ## hand every reader two thousand spoilt files and more (minutes)
	@.venv/bin/python -m pytest -m slow tests/sources/test_spoilt_inputs.py

validation: .venv/ready ## try the methods on simulated data with a known truth (minutes)
	@.venv/bin/python workflow/scripts/validate.py

lint: .venv/ready-dev ## formats, lint and types only
	@.venv/bin/python workflow/scripts/run_checks.py --no-tests

format: .venv/ready-dev ## format Python and Snakemake files in place
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
	.venv/bin/snakefmt Snakefile workflow/rules

lock: .venv/ready ## renew the lock files from the *.in files
	for lock in requirements $(addprefix workflow/envs/,build uv dev oracles); do \
		.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-header $$lock.in -o $$lock.txt || exit 1; done

FROM ?= ../shared/upstream
snapshot: .venv/ready ## make data/raw anew: FROM=folder of the publishers' files, or FROM=download
	.venv/bin/python workflow/scripts/make_snapshot.py --source "$(FROM)"

verify: all ## compare the results with the committed reference manifest
	@.venv/bin/python workflow/scripts/compare_manifest.py

reference: all ## make these results the reference, after looking at what changed
	@.venv/bin/python workflow/scripts/compare_manifest.py --renew

pictures: all ## renew the small pictures of the README from the figures
	@.venv/bin/python workflow/scripts/shrink_pictures.py

schema: .venv/ready ## renew the JSON schema of config.yaml from its models
	@.venv/bin/python -c "from gotong import config; print(config.json_schema(), end='')" \
		> workflow/schemas/config.schema.json

documents: .venv/ready ## renew the documents that are written from the code
	@.venv/bin/python workflow/scripts/write_documents.py

report: all ## Snakemake's own report, with run times and code: results/snakemake-report.html
	@$(RUN) --report results/snakemake-report.html
	@echo "results/snakemake-report.html"

clean: ## remove what the rules made
	rm -rf .snakemake logs
	find data/processed results -mindepth 1 ! -name README.md ! -name MANIFEST.reference.json -delete

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12
