# Everything runs from a bare Debian with Python 3.11 and make; `make` alone lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON_OF_VENV := .venv/bin/python
THROWAWAY := $(PYTHON_OF_VENV) -m helpdesk.services.throwaway
PATHS := $(filter-out benchmarks,$(patsubst %/__init__.py,%,$(wildcard */__init__.py))) bin manage.py

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

.PHONY: demo demo-reset demo-status busy-hour tour
demo: ## Run the product on this machine: http://127.0.0.1:8000 (PORT=, SIM_PORT=, VERBOSE=1)
	@sh bin/bootstrap base
	@exec $(PYTHON_OF_VENV) -m helpdesk.services.demo

demo-reset: ## Remove the data of the demo
	@sh bin/bootstrap base
	@$(PYTHON_OF_VENV) -m helpdesk.services.demo --reset

demo-status: ## Show the processes of the running demo and their memory
	@$(PYTHON_OF_VENV) -m helpdesk.services.status

busy-hour: ## Let customers write and agents answer in the running demo (MINUTES=10, CUSTOMERS=60, ARGS=)
	@exec $(PYTHON_OF_VENV) -m helpdesk.services.busy_hour --minutes $${MINUTES:-10} --customers $${CUSTOMERS:-60} $(ARGS)

tour: ## Play one conversation from message to answer, headless, and time each step
	@sh bin/bootstrap base
	@$(PYTHON_OF_VENV) -m helpdesk.tour

.PHONY: dev test lint types contracts migrations races chaos bench bench-kpi mutants messages messages-check vendor
dev: ## Install the development packages
	@sh bin/bootstrap dev

test: dev ## Run all tests headless against a throw-away PostgreSQL and Valkey (ARGS= for pytest)
	@$(PYTHON_OF_VENV) bin/compile_messages.py
	@CHROMIUM=$$($(PYTHON_OF_VENV) -m helpdesk.services.browser) && export CHROMIUM && \
		exec $(THROWAWAY) $(PYTHON_OF_VENV) -m pytest -n 2 -p tests.grouping --durations 20 $(ARGS)

lint: dev ## Check style: ruff, its formatter, djlint
	$(PYTHON_OF_VENV) -m ruff check .
	$(PYTHON_OF_VENV) -m ruff format --check .
	$(PYTHON_OF_VENV) -m djlint --ignore H015,H025,H037,H043 --quiet --lint templates simulator/templates
	$(PYTHON_OF_VENV) frontend/bundle_css.py --check

types: dev ## Check types: mypy --strict
	$(PYTHON_OF_VENV) -m mypy $(PATHS)

contracts: dev ## Check that apps only look down
	.venv/bin/lint-imports

migrations: dev ## Check that no migration is missing
	@$(THROWAWAY) $(PYTHON_OF_VENV) manage.py makemigrations --check --dry-run

races: dev ## Run the races many times over (RACE_RUNS=200)
	@RACE_RUNS=$${RACE_RUNS:-200} $(THROWAWAY) $(PYTHON_OF_VENV) -m pytest -m race $(ARGS)

chaos: dev ## Kill processes under load and count what was lost or doubled (CHAOS_ROUNDS=5)
	@CHAOS_ROUNDS=$${CHAOS_ROUNDS:-5} $(THROWAWAY) $(PYTHON_OF_VENV) -m pytest tests/chaos $(ARGS)

bench: dev ## Measure webhook, visibility and page times as ratios in one run
	@exec $(PYTHON_OF_VENV) -m benchmarks $(ARGS)

bench-kpi: dev ## Measure the figures over a year of tickets (TICKETS=1000000, KEEP=folder for the next time, REBUILD=1)
	@exec $(THROWAWAY) $(PYTHON_OF_VENV) -m benchmarks.kpi $${TICKETS:-1000000}

mutants: dev ## Break each rule of the figures once and see that the random histories notice
	@exec $(THROWAWAY) $(PYTHON_OF_VENV) -m benchmarks.mutants

messages: dev ## Collect new strings for the translators
	@$(PYTHON_OF_VENV) -m helpdesk.services.messages

messages-check: dev ## Check that the catalogues have every string of the code
	@$(PYTHON_OF_VENV) -m helpdesk.services.messages --check

vendor: ## Fetch the pinned browser assets again (needs npm)
	cd frontend && npm ci --ignore-scripts && npm run vendor
