# Needs Python 3.11 or newer, Node.js 20 or newer and make; everything else is set up by the first target that runs.
PYTHON ?= python3
PREPARE := @$(PYTHON) local/prepare.py
RUN := .venv/bin/python

PROFILE ?= all
TRANSPORT ?= all
HOSTS ?= 2
SEEDS ?= 1000
SEED ?=
CONVERSATIONS ?= 200
MESSAGES ?= 20
FAULTS ?= 1
SHORT ?=

.PHONY: help prepare run test check check-infra audit sbom format bench simulate soak

help: ## print this
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

prepare: ## set up what is missing: .venv, Node packages, the widget
	$(PREPARE)

run: ## start everything on this machine (FRESH=1: forget its data; EMPTY=1: without the demo; INTERACT_PORT_BASE=8071: other ports)
	$(PREPARE)
	@exec $(RUN) -m local $(if $(filter-out 0,$(FRESH)),--fresh) $(if $(filter-out 0,$(EMPTY)),--empty)

test: ## run all tests, the journeys beside the fast ones
	$(PREPARE)
	@$(RUN) -m local.stages test

check: ## style, types, the directions of imports, sizes
	$(PREPARE)
	@$(RUN) -m local.stages check

check-infra: ## hold Bicep and scripts to the real Azure CLI, checkov and shellcheck (installs them once: 5 to 10 minutes, by the machine)
	$(PREPARE)
	@$(RUN) -m pytest -q -m slow_tools tests/infra

audit: ## look for known holes in the packages that are shipped
	$(PREPARE)
	@$(RUN) infra/audit.py

sbom: ## write the bill of materials of what is shipped (CycloneDX, .local/deploy/interact.cdx.json)
	$(PREPARE)
	@$(RUN) -m infra.sbom

format: ## format the Python code
	$(PREPARE)
	@$(RUN) -m ruff check --fix --quiet . && $(RUN) -m ruff format .

bench: ## measure throughput and latency against the running system
	$(PREPARE)
	@$(RUN) -m tests.bench

simulate: ## play a story of bad days for each seed (SEEDS=10000; TRANSPORT=native PROFILE=storm HOSTS=3; SEED=121 replays one)
	$(PREPARE)
	@$(RUN) -m tests.simulation --profile $(PROFILE) --transport $(TRANSPORT) --hosts $(HOSTS) $(if $(SEED),--seed $(SEED),--seeds $(SEEDS))

soak: ## keep the promises on the real stack under faults and kills (CONVERSATIONS=200 MESSAGES=20 SEED=…; FAULTS=0, SHORT=1)
	$(PREPARE)
	@$(RUN) -m tests.soak $(if $(filter-out 0,$(SHORT)),--short,--conversations $(CONVERSATIONS) --messages $(MESSAGES)) $(if $(filter 0,$(FAULTS)),--calm) $(if $(SEED),--seed $(SEED))
