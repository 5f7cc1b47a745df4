# robustkit: what a learner and a developer type.
#   make lab         set up .venv and open JupyterLab at the first lesson
#   make test        set up .venv and run the tests, but for what takes long
#   make test-all    run what takes long as well: simulations, studies, whole set-ups
#   make format      put code and notebooks in order;  make lint  only looks
#   make exercises   derive exercises/ from solutions/
#   make benchmarks  print speeds as ratios, beside an earlier commit at first
#   make site        build the site to read, build/site: lessons run, explorers, API
#   make stick DIR=/media/stick   everything for a room without network
#   make lite        build the course as a site that runs in browsers alone: build/lite
#   make test-lowest run the tests with the oldest versions that pyproject.toml allows,
#   make test-newest or with the newest ones there are,
#   make test-colab  or with those that Google Colab has
#   make clean       remove everything that these made
# ARGS passes arguments on: make lab ARGS="--no-browser --port=0", make test ARGS="-k mdp"
# Needs Python 3.11 or newer and nothing else; PYTHON=python3.12 says which.

PYTHON ?= python3
ARGS ?=
WORKERS ?= 2

# uv trusts only certificates of its own unless told otherwise, and then fails on a
# school's or company's network that brings another one.
export UV_SYSTEM_CERTS = 1

# -P: a random.py that somebody keeps here is not Python's own.
IN_VENV = .venv/bin/python
MODULE = $(IN_VENV) -P -m
# uv, told what pip's own files say as well.
UV = $(MODULE) robustkit.setup.settings

# What was set for another Python, pip or uv must not reach this one. What says where
# packages come from (proxies, indexes, certificates, caches) is kept.
KEPT = PYTHON PYTHON_% PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX PYTHONUNBUFFERED \
    PYTHONFAULTHANDLER PYTHONUTF8 PYTHONNOUSERSITE \
    PIP_CONFIG_FILE PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_FIND_LINKS PIP_NO_INDEX \
    PIP_TRUSTED_HOST PIP_CERT PIP_CLIENT_CERT PIP_PROXY PIP_KEYRING_PROVIDER \
    PIP_TIMEOUT PIP_DEFAULT_TIMEOUT PIP_RETRIES PIP_CACHE_DIR PIP_NO_CACHE_DIR \
    PIP_DISABLE_PIP_VERSION_CHECK PIP_NO_INPUT PIP_ROOT_USER_ACTION PIP_USE_FEATURE \
    UV_CONFIG_FILE UV_INDEX_URL UV_DEFAULT_INDEX UV_INDEX UV_INDEX_% \
    UV_EXTRA_INDEX_URL UV_FIND_LINKS UV_NO_INDEX UV_OFFLINE UV_INSECURE_HOST \
    UV_KEYRING_PROVIDER UV_HTTP_% UV_CONCURRENT_% UV_SYSTEM_CERTS UV_NATIVE_TLS \
    UV_CACHE_DIR UV_NO_CACHE UV_LINK_MODE
SET := $(filter-out $(KEPT),$(filter PYTHON% PIP_% UV_% MPLBACKEND,$(.VARIABLES)))
ASIDE := $(strip $(foreach name,$(SET),$(if $(value $(name)),$(name))))
# Under LC_ALL=C Python knows no letters but a to z, in a folder's name for one.
ASIDE += $(if $(filter C POSIX,$(LC_ALL)),LC_ALL)
unexport $(ASIDE)
ifneq ($(and $(strip $(ASIDE)),$(filter-out help clean,$(MAKECMDGOALS))),)
$(info Set aside, being meant for other programs: $(ASIDE))
endif

# An environment that is not sound is made anew; environment.py says when it is.
SOUND := $(shell .venv/bin/python -Ic 'import os; print(open(".venv/.ready", "rb").read() == os.getcwdb())' 2>/dev/null)
ifeq ($(SOUND),True)
MAKER = $(IN_VENV)
FIRST =
else
MAKER = "$(PYTHON)"
FIRST = python
endif

.DEFAULT_GOAL := help
.PHONY: help lab test test-all format lint exercises benchmarks site stick lite clean
.PHONY: test-lowest test-newest test-colab python somewhere

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

lab: .venv/.lab
	@$(MODULE) robustkit.setup.lab $(ARGS)

# A later -m wins over an earlier one: ARGS="-m browser" runs all of the browser's part.
MARKS =
test: MARKS = -m "not slow"
test-all test: .venv/.test
	@$(MODULE) pytest -n $(WORKERS) --dist loadgroup $(MARKS) $(ARGS)

format: .venv/.test
	@$(MODULE) ruff check --fix .
	@$(MODULE) ruff format .

lint: .venv/.test
	@$(MODULE) ruff check .
	@$(MODULE) ruff format --check .
	@$(MODULE) mypy

exercises: .venv/.test
	@$(MODULE) robustkit.course.derive $(ARGS)

benchmarks: .venv/.test
	@$(IN_VENV) tests/benchmarks/beside.py $(ARGS)
	@$(IN_VENV) tests/benchmarks/worlds.py
	@$(IN_VENV) tests/benchmarks/speed.py
	@$(IN_VENV) tests/benchmarks/front_end.py

site: .venv/.test
	@$(MODULE) robustkit.setup.pages build/site $(ARGS)

stick: somewhere .venv/.test
	@$(MODULE) robustkit.setup.stick "$(DIR)"

somewhere:
	@[ -n "$(DIR)" ] || { echo "Say where: make stick DIR=/media/stick" >&2; exit 1; }

# In an environment of its own: JupyterLab does not get on with its kernel.
lite: .venv/.lab
	@$(UV) venv --quiet --allow-existing --python $(IN_VENV) .venv-lite
	@$(UV) pip install --quiet --python .venv-lite/bin/python \
	    --editable ".[lite]"
	@.venv-lite/bin/python -P -m robustkit lite "$(or $(DIR),build/lite)" $(ARGS)

# What checkers say of other versions' types is of no interest.
test-lowest: RESOLUTION = lowest-direct
test-newest test-colab: RESOLUTION = highest
# Whatever packages say they need: Colab's IPython is older than nbgrader asks for.
test-colab: FIXED = --overrides tests/setup/colab.txt --requirements tests/setup/colab.txt
test-lowest test-newest test-colab: .venv/.test
	@$(UV) venv --quiet --clear --seed --python $(IN_VENV) .venv-other
	@$(UV) pip install --quiet --python .venv-other/bin/python --upgrade \
	    --resolution $(RESOLUTION) $(FIXED) --editable ".[lab,test]"
	@.venv-other/bin/python -P -m pytest -n $(WORKERS) \
	    --deselect tests/test_repository.py::test_code_and_notebooks_are_in_order $(ARGS)

clean:
	@rmdir .venv 2>/dev/null || [ ! -e .venv/.ready ] || rm -rf .venv
	@for kept in .venv .venv.old*; do [ ! -e "$$kept" ] || \
	    echo "$$kept is left here: it was not made by make. Remove it yourself."; done
	rm -rf .venv-other .venv-lite build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -name .ipynb_checkpoints -type d -prune -exec rm -rf {} +

.venv/.lab .venv/.test: $(FIRST) pyproject.toml
	@$(MAKER) -ESPc 'import sys; sys.path.append(""); \
	    from robustkit.setup.environment import main; sys.exit(main())' $(@:.venv/.%=%)

python:
	@command -v "$(PYTHON)" >/dev/null || { \
	    echo "There is no '$(PYTHON)'. robustkit needs Python 3.11 or newer:" \
	    "install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@[ "$$("$(PYTHON)" -c 'print((1))' 2>/dev/null)" = 1 ] || { \
	    echo "'$(PYTHON)' is no Python that runs." \
	    "Name one that is 3.11 or newer: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "robustkit needs Python 3.11 or newer; '$(PYTHON)' is $$("$(PYTHON)" --version 2>&1)." \
	    "Name a newer one: make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -Pc 'import venv, ensurepip' 2>/dev/null || { \
	    echo "'$(PYTHON)' has no venv module." \
	    "On Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
