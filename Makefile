# The two commands of the README are `make` and `make test`; `make help` lists the rest.
PYTHON ?= python3
CORES ?= 2
LOCKS := $(wildcard requirements.txt workflow/envs/*.txt)
# Jabodetabek is the area of config.yaml; the file of another goes over it: make AREA=bandung_raya.
AREA ?= jabodetabek
OTHER := $(filter-out jabodetabek,$(AREA))
CHOICES := $(if $(OTHER),--configfile workflow/areas/$(OTHER).yaml)
RUN := .venv/bin/python workflow/scripts/run_workflow.py $(CHOICES) --cores $(CORES)

# Snakemake and the workers find the environment's own programs, and nothing else changes results.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export MPLBACKEND := Agg
export OPENBLAS_NUM_THREADS := 1
# Compiled modules are kept, whatever the shell says: a hundred jobs import them.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: all area test torture oracles audit spoilt bench validation lint format lock snapshot verify reference pictures schema documents report archive unpacked resources cluster-test clean help
.DELETE_ON_ERROR:

# Results without Snakemake's records, as in an unpacked archive: the manifest tells the outdated.
ADOPT = $(if $(OTHER)$(wildcard .snakemake/metadata/*),,.venv/bin/python workflow/scripts/adopt_results.py)

all: .venv/ready ## run the whole analysis (the default)
	@$(if $(OTHER),.venv/bin/python workflow/scripts/check_area.py $(AREA))
	@$(ADOPT)
	@$(RUN) all
	@.venv/bin/python workflow/scripts/where_to_look.py $(AREA)

area: .venv/ready ## say what data/raw holds of an area: AREA=bandung_raya
	@.venv/bin/python workflow/scripts/check_area.py $(AREA)

test: .venv/ready-dev ## run every check that fits in a quarter of an hour
	@.venv/bin/python workflow/scripts/run_checks.py

.venv/ready: $(LOCKS) pyproject.toml requirements.in workflow/environment.py
	@$(PYTHON) workflow/environment.py
	@touch $@

.venv/ready-dev: .venv/ready
	@$(PYTHON) workflow/environment.py --dev
	@touch $@

.venv/ready-archive: .venv/ready
	@$(PYTHON) workflow/environment.py --archive
	@touch $@

.venv/ready-slurm: .venv/ready
	@$(PYTHON) workflow/environment.py --slurm
	@touch $@

.venv-oracles/ready: $(LOCKS) pyproject.toml requirements.in workflow/environment.py
	@$(PYTHON) workflow/environment.py --oracles
	@touch $@

oracles: .venv-oracles/ready ## compare the methods with the packages of other authors
	@.venv-oracles/bin/python -m pytest -m oracle

audit: .venv/ready-dev ## ask whether a locked package has a known vulnerability (needs a network)
	@.venv/bin/python workflow/scripts/audit_locks.py

bench: .venv-oracles/ready ## time the methods beside the packages of other authors
	@.venv-oracles/bin/python workflow/scripts/benchmark.py

spoilt: .venv/ready-dev ## hand every reader two thousand spoilt files and more (minutes)
	@.venv/bin/python -m pytest -m slow tests/sources/test_spoilt_inputs.py

torture: all ## kill the workflow fifty times, make every fault, write docs/reliability.md (hours)
	@PYTHONPATH=workflow/scripts .venv/bin/python -m torture

validation: .venv/ready ## try the methods on simulated data with a known truth (minutes)
	@.venv/bin/python workflow/scripts/validate.py

lint: .venv/ready-dev ## formats, lint and types only
	@.venv/bin/python workflow/scripts/run_checks.py --no-tests

format: .venv/ready-dev ## format Python and Snakemake files in place
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
	.venv/bin/snakefmt Snakefile workflow/Snakefile workflow/rules

lock: .venv/ready ## renew the lock files from the *.in files
	for lock in requirements $(addprefix workflow/envs/,build uv dev archive slurm oracles); do \
		.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-header $$lock.in -o $$lock.txt || exit 1; done

FROM ?= ../shared/upstream
snapshot: .venv/ready ## make data/raw anew: FROM=folder of the publishers' files, or FROM=download
	.venv/bin/python workflow/scripts/make_snapshot.py --source "$(FROM)"

verify: .venv/ready ## run all from scratch elsewhere and compare it with the reference
	@.venv/bin/python workflow/scripts/reference.py verify --cores $(CORES)

reference: all ## make these results the reference, after looking at what changed
	@.venv/bin/python workflow/scripts/reference.py renew

pictures: all ## renew the small pictures of the README from the figures
	@.venv/bin/python workflow/scripts/shrink_pictures.py

schema: .venv/ready ## renew the JSON schemas of config.yaml and of areas from the models
	@.venv/bin/python -c "from gotong import config; print(config.json_schema(), end='')" \
		> workflow/schemas/config.schema.json
	@.venv/bin/python -c "from gotong import config; print(config.area_schema(), end='')" \
		> workflow/schemas/area.schema.json

documents: .venv/ready ## renew the documents that are written from the code
	@.venv/bin/python workflow/scripts/write_documents.py

report: all ## Snakemake's own report, with run times and code: results/snakemake-report.html
	@$(RUN) --report results/snakemake-report.html
	@echo "results/snakemake-report.html"

archive: all .venv/ready-archive ## pack project and results as one research object (RO-Crate)
	@.venv/bin/python workflow/scripts/make_archive.py

unpacked: archive .venv/ready-dev ## unpack the archive elsewhere, run make verify there (minutes)
	@.venv/bin/python -m pytest -m slow tests/test_archive.py

resources: all ## renew what each rule asks of a cluster, from the time and memory of this run
	@.venv/bin/python workflow/scripts/measure_resources.py

cluster-test: .venv/ready ## run on a Slurm on this machine, kill nodes and jobs there (half an hour)
	@if .venv/bin/python workflow/scripts/loopback_slurm.py; then \
		$(MAKE) --no-print-directory all .venv/ready-slurm \
		&& .venv/bin/python workflow/scripts/cluster_test.py; fi

clean: ## remove what the rules made
	rm -rf .snakemake logs
	find data/processed results -mindepth 1 ! -name README.md ! -name MANIFEST.reference.json \
		! -path 'results/reference*' -delete

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14
