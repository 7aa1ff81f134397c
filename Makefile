# Everything a person types here; `make` alone lists it. Works from any folder with `make -C` or `-f`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

HERE := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
VENV := $(HERE)/.venv
PYTHON ?= python3.11
RUN := cd "$(HERE)" && exec "$(VENV)/bin/python"
TESTS := "$(HERE)/.ci/tests"
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Five processes would each compile two thousand files at every start: four seconds of a processor apiece.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## This list
	@grep -hE '^[a-z]+:.*## ' "$(HERE)/Makefile" | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'
	@echo "  Variables: PYTHON=python3.12 (3.11 or later), INTERLOCK_PORT=8461, INTERLOCK_VAR=/srv/interlock; docs/settings.md has all."

# -- running ---------------------------------------------------------------------------------------

.PHONY: up
up: $(VENV)/installed ## Start everything on this machine; Ctrl-C stops it, data stays in var/
	@$(RUN) -m controlplane.standalone up

.PHONY: status
status: $(VENV)/installed ## Say which parts run
	@$(RUN) -m controlplane.standalone status

.PHONY: stop
stop: $(VENV)/installed ## Stop what runs, from another terminal
	@$(RUN) -m controlplane.standalone stop

.PHONY: doctor
doctor: $(VENV)/installed ## Say what is wrong, and how to mend it
	@$(RUN) -m controlplane.standalone doctor

# -- proving ---------------------------------------------------------------------------------------

# Three on two processors as well: half of the time they wait.
.PHONY: test
test: lint ## Everything that needs no other software: lint, then the tests
	@$(TESTS) -n 3 --dist worksteal

.PHONY: lint
lint: $(VENV)/installed-dev ## Style, types, floors, templates, forgotten migrations
	@cd "$(HERE)" && "$(VENV)/bin/ruff" check --quiet .
	@cd "$(HERE)" && "$(VENV)/bin/ruff" format --check --quiet .
	@cd "$(HERE)" && "$(VENV)/bin/lint-imports" --no-cache
	@cd "$(HERE)" && "$(VENV)/bin/mypy" .
	@cd "$(HERE)" && "$(VENV)/bin/djlint" --check --lint templates
	@cd "$(HERE)" && "$(VENV)/bin/python" -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

.PHONY: peers
peers: $(VENV)/installed-dev chromium iproute ## Against real systems, in a real browser, and with parts killed
	@$(RUN) -m tests.peers.prepare
	@$(TESTS) -n 2 --dist worksteal -m "browser and not soak"
	@$(TESTS) -n 2 --dist loadfile -m "peers and not faults and not browser and not soak"
	@$(TESTS) --durations 15 -m "faults and not browser and not soak"

.PHONY: soak
soak: $(VENV)/installed-dev ## For a long time on purpose (docs/soaks.md)
	@$(RUN) -m pytest -m soak --timeout 0

.PHONY: bench
bench: $(VENV)/installed-dev ## Measure ingress, delivery, search, replay, pages, inventory and contracts: one line of JSON each
	@cd "$(HERE)" && for name in ingress deliver search replay pages inventory contracts; do "$(VENV)/bin/python" manage.py bench $$name; done

.PHONY: shots
shots: $(VENV)/installed-dev chromium ## Take every page of a sandbox, beside its prototype: var/screenshots/
	@$(RUN) -m tests.browser.contact_sheet

.PHONY: client
client: $(VENV)/installed-dev ## Generate the API's typed Python client, with a wheel: var/client/
	@$(RUN) -m tests.typed_client.generate

.PHONY: chromium
chromium:
	@if [ -x /usr/bin/chromium-headless-shell ] || [ -x /usr/bin/chromium ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends chromium-headless-shell >/dev/null; \
	else \
		echo "The browser tests need Chromium, and only root can install it: sudo apt-get install chromium-headless-shell" >&2; exit 1; \
	fi

# For the test that cuts a link between two hosts: only root can make another host, so nobody else needs it.
.PHONY: iproute
iproute:
	@if command -v ip >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then exit 0; fi; \
	echo "Installing iproute2 for the test of a cut link."; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends iproute2 >/dev/null

# -- installing ------------------------------------------------------------------------------------

.PHONY: clean
clean: ## Remove what can be made again; var/ stays
	@cd "$(HERE)" && rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis "$(VENV)"
	@cd "$(HERE)" && find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +

$(VENV)/bin/pip:
	@command -v "$(PYTHON)" >/dev/null && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed, and $(PYTHON) is none. Name one: make up PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -m venv "$(VENV)" || \
		{ echo "$(PYTHON) cannot make a virtual environment; on Debian: sudo apt-get install python3-venv" >&2; rm -rf "$(VENV)"; exit 1; }

# uv installs in two seconds what takes pip twenty. It does not read pip's configuration, so a company's own index
# is passed on; where uv does not get through all the same, pip does it. Both refuse what does not match the hashes.
define install
	@cd "$(HERE)" && echo "Installing $(1)." && \
	"$(VENV)/bin/pip" install -qq --no-deps --require-hashes -r requirements-bootstrap.lock && \
	index="$${PIP_INDEX_URL:-$$("$(VENV)/bin/pip" config get global.index-url 2>/dev/null || true)}" && \
	{ [ -z "$$index" ] || export UV_DEFAULT_INDEX="$$index"; } && \
	"$(VENV)/bin/uv" pip install -q --system-certs --require-hashes --python "$(VENV)/bin/python" -r $(1) || \
	{ echo "uv did not succeed; trying pip."; "$(VENV)/bin/pip" install -qq --no-deps --no-compile --require-hashes -r $(1); }
	@touch "$@"
endef

$(VENV)/installed: $(HERE)/requirements.lock $(HERE)/requirements-bootstrap.lock | $(VENV)/bin/pip
	$(call install,requirements.lock)

$(VENV)/installed-dev: $(HERE)/requirements-dev.lock $(HERE)/requirements-bootstrap.lock | $(VENV)/bin/pip
	$(call install,requirements-dev.lock)
	@touch "$(VENV)/installed"
