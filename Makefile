# Slablab: every target that has words behind ## is shown by `make help`.
CC = gcc
# DEBUG=1: the allocators check their invariants.
BUILD = $(if $(DEBUG),build-debug,build)
# The first python3 that has what the analysis needs; looked for only where it is used.
MODULES = pandas numpy scipy matplotlib fontTools jinja2 pytest xdist
PYTHON = $(shell for python in python3 /usr/bin/python3; do $$python -c 'import importlib.util, sys; \
	sys.exit(any(importlib.util.find_spec(name) is None for name in sys.argv[1:]))' $(MODULES) 2>/dev/null && \
	echo $$python && break; done)

WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
# SANITIZE=address,undefined and the like; prefixed builds only, for a sanitizer has its own malloc.
SANITIZERS = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all)
CFLAGS = -O2 -g -std=gnu11 -fno-omit-frame-pointer $(WARNINGS) $(WERROR) $(SANITIZERS)
ALLOCATOR_FLAGS = $(CFLAGS) $(if $(DEBUG),-DDEBUG) -Iallocators -fPIC -shared -fvisibility=hidden -ftls-model=initial-exec \
	-fno-builtin-malloc -fno-builtin-calloc -fno-builtin-realloc -fno-builtin-free -falign-functions=64 \
	-Wl,--build-id,-z,now
HARNESS_LIBS = -lyaml -ljansson -lpfm -ldw -lelf -liberty -lz -lnettle -lm
CERTIFIED = results/reference/certify
KEPT = results/reference/$(notdir $(patsubst %/,%,$(dir $(RUN:/=))))/$(notdir $(RUN:/=))
XZ = xz -9 --extreme --threads=1 --force
DEPENDENCIES = -MMD -MP
QUIET = $(if $(V),,@$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,echo '  $@' &&))
MEASURED = $(filter-out $(WERROR),$(ALLOCATOR_FLAGS))

PHASES := $(patsubst allocators/phases/%.c,%,$(wildcard allocators/phases/*.c))
PLANTED := $(patsubst allocators/planted/%.c,%,$(wildcard allocators/planted/*.c))
WORKLOADS := $(patsubst workloads/%.c,%,$(wildcard workloads/*.c))
WINGS := $(filter-out harness/tests/% harness/bench/%,$(wildcard harness/*/*.c))
HARNESS := $(WINGS:%.c=$(BUILD)/%.o)
RUNTIME := $(patsubst workloads/runtime/%.c,$(BUILD)/workloads/runtime/%.o,$(wildcard workloads/runtime/*.c))
TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard allocators/tests/*.c harness/tests/*.c workloads/tests/*.c))
TEST_SCRIPTS := $(filter-out %/matrix.sh %/samples.sh,$(wildcard allocators/tests/*.sh harness/tests/*.sh workloads/tests/*.sh))

all: allocators workloads programs $(BUILD)/slablab ## build everything

help: ## this list (V=1 shows every command)
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

allocators: $(PHASES:%=$(BUILD)/lib%.so) $(PHASES:%=$(BUILD)/observe/lib%.so) ## the phases, timing and observing
workloads: $(WORKLOADS:%=$(BUILD)/workloads/%) $(BUILD)/workloads/runtime.a ## the workloads
planted: $(PLANTED:%=$(BUILD)/planted/lib%.so) ## the baseline with known changes, for a gate to find

phases: ## the difference of each phase to the one that it is over
	@for phase in $(PHASES); do \
		parent=$$(sed -n 's/^ \* Over: //p' allocators/phases/$$phase.c); \
		[ "$$parent" = nothing ] || diff -u allocators/phases/$$parent.c allocators/phases/$$phase.c || [ $$? = 1 ]; \
	done

# What was built with other flags, or by another compiler, is built again.
$(BUILD)/flags: always
	@mkdir -p $(@D)
	@echo '$(CC) $(MEASURED)' | cmp --quiet - $@ || echo '$(CC) $(MEASURED)' > $@

# Which phase is over which, for tests of what it has from there.
OVER := $(shell grep --with-filename '^ \* Over: ' allocators/phases/*.c | sed 's|.*/\(.*\)\.c: \* Over: |\1:|')
$(BUILD)/over: always
	@mkdir -p $(@D)
	@echo '$(OVER)' | cmp --quiet - $@ || echo '$(OVER)' > $@

$(BUILD)/lib%.so: allocators/phases/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(ALLOCATOR_FLAGS) $(DEPENDENCIES) -o $@ $< -pthread

$(BUILD)/observe/lib%.so: allocators/phases/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(ALLOCATOR_FLAGS) -DOBSERVE $(DEPENDENCIES) -o $@ $< -pthread

$(BUILD)/planted/lib%.so: allocators/planted/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(ALLOCATOR_FLAGS) $(DEPENDENCIES) -o $@ $< -pthread

$(BUILD)/workloads/runtime/%.o: workloads/runtime/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(CFLAGS) -fno-builtin $(DEPENDENCIES) -c -o $@ $<

# Of the library's objects a workload gets those that it needs: without threads, no threads.o.
$(BUILD)/workloads/%: workloads/%.c $(BUILD)/workloads/runtime.a
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(CFLAGS) -fno-builtin $(DEPENDENCIES) -o $@ $< $(BUILD)/workloads/runtime.a -Wl,-z,now

# What ordinary programs are measured by: a static launcher, and what says who serves malloc.
LAUNCHER := $(patsubst workloads/launcher/%.c,$(BUILD)/workloads/launcher/%.o,\
	$(filter-out %/witness.c,$(wildcard workloads/launcher/*.c)))
programs: $(BUILD)/programs/launcher $(BUILD)/programs/witness.so

$(BUILD)/workloads/launcher/%.o: workloads/launcher/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(CFLAGS) $(DEPENDENCIES) -c -o $@ $<

$(BUILD)/programs/launcher: $(LAUNCHER) $(BUILD)/workloads/runtime.a
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(CFLAGS) -static -o $@ $^

$(BUILD)/programs/witness.so: workloads/launcher/witness.c workloads/runtime/served.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(CFLAGS) -fPIC -shared -fvisibility=hidden $(DEPENDENCIES) -MF $(@:.so=.d) -o $@ $(filter %.c,$^) -Wl,-z,now

$(BUILD)/workloads/runtime.a: $(RUNTIME)
	@rm -f $@
	$(QUIET) ar rcs $@ $^

$(BUILD)/harness/%.o: harness/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(CFLAGS) -I. -Iharness $(DEPENDENCIES) -DBUILD_COMPILER='"$(CC)"' -DBUILD_FLAGS='"$(MEASURED)"' $(NAMED) -c -o $@ $<

VERSIONED := $(patsubst %,$(BUILD)/harness/%.o,command/main command/manual run/machine)
$(VERSIONED): NAMED := -DSLABLAB_VERSION='"$(shell cat VERSION)"'
$(VERSIONED): VERSION

$(BUILD)/slablab: $(HARNESS)
	$(QUIET) $(CC) $(CFLAGS) -o $@ $^ $(HARNESS_LIBS)

# Their mmap and clock stand in for the C library's, in a preloaded phase too.
$(patsubst %,$(BUILD)/allocators/tests/%,arrays bad_input cache decay large): CFLAGS += -rdynamic

$(BUILD)/allocators/tests/%: CFLAGS += -DPHASES_OVER='"$(OVER)"'
$(BUILD)/allocators/tests/%: allocators/tests/%.c $(BUILD)/over
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(CFLAGS) -fno-builtin -Iallocators $(DEPENDENCIES) -o $@ $< -lcmocka -pthread

$(BUILD)/harness/tests/%: harness/tests/%.c $(HARNESS)
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(CFLAGS) -I. -Iharness $(DEPENDENCIES) -o $@ $< $(filter-out %/main.o,$(HARNESS)) -lcmocka $(HARNESS_LIBS)

$(BUILD)/harness/fuzz_inputs: harness/tests/fuzz/inputs.c $(HARNESS)
	$(QUIET) $(CC) $(CFLAGS) -fsanitize=fuzzer -I. -Iharness $(DEPENDENCIES) -o $@ $< $(filter-out %/main.o,$(HARNESS)) -lcmocka $(HARNESS_LIBS)

$(BUILD)/workloads/tests/%: workloads/tests/%.c $(BUILD)/workloads/runtime.a | workloads
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(CFLAGS) -fno-builtin -Iworkloads $(DEPENDENCIES) -o $@ $< $(BUILD)/workloads/runtime.a -lcmocka -ljansson

include allocators/tests/prefixed.mk
include allocators/tests/coverage/coverage.mk

$(BUILD)/workloads/bench/%: workloads/bench/%.c $(BUILD)/workloads/runtime.a
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(CFLAGS) -Iworkloads $(DEPENDENCIES) -o $@ $< $(BUILD)/workloads/runtime.a

$(BUILD)/harness/bench/%: harness/bench/%.c $(HARNESS)
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(CFLAGS) -I. -Iharness $(DEPENDENCIES) -o $@ $< $(filter-out %/main.o,$(HARNESS)) $(HARNESS_LIBS)

bench-harness: all $(BUILD)/harness/bench/sample_cost $(BUILD)/harness/bench/fold_cost $(BUILD)/workloads/bench/region_cost ## what measuring costs
	@$(BUILD)/harness/bench/sample_cost . $(BUILD)
	@$(BUILD)/harness/bench/fold_cost . $(BUILD)
	@$(BUILD)/workloads/bench/region_cost

against-perf: all ## slablab's profiles beside perf's, in turns (3 minutes; a machine left alone)
	@PYTHONPATH=. $(PYTHON) harness/bench/against_perf.py $(BUILD) $(BUILD)

# SEED draws the order of the gates, and theirs; FROM=results/reference/certify goes on with the
# stored ones.
SEED = 1
FROM =
certify: all planted ## is the gate right? hundreds of gates of planted changes (hours; goes on where it stopped)
	@harness/gate/certify.sh $(BUILD) results/certify $(SEED) $(FROM)

certificate: ## store what make certify found in results/reference/certify, with its certificate
	@test -f results/certify/gates.jsonl || { echo 'certificate: no results/certify/gates.jsonl; try: make certify' >&2; exit 2; }
	mkdir -p $(CERTIFIED)
	cp -r results/certify/gates.jsonl results/certify/planted_changes $(CERTIFIED)
	tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --directory=results/certify --create \
		--file=$(CERTIFIED)/samples.tar samples
	$(XZ) $$(find $(CERTIFIED) -name '*.jsonl' -o -name samples.tar)
	$(PYTHON) -m analysis certificate $(CERTIFIED) --out $(CERTIFIED)

bench-analysis: ## a million samples tabulated within 20 s, a report of 60 cells and 25 arms within 60, and 2 GB?
	$(PYTHON) -m analysis.tests.benchmark_load
	$(PYTHON) -m analysis.tests.benchmark_report

keep: ## RUN=results/x/y: store a finished run in results/reference/, compressed
	@test -s $(RUN)/outcome.json || { echo "keep: '$(RUN)' is no finished run; try: make keep RUN=results/null/..." >&2; exit 2; }
	mkdir -p $(KEPT)
	cp $(RUN)/*.json $(RUN)/*.jsonl $(KEPT)
	$(PYTHON) -m analysis.artifact.cut_paths $(KEPT)
	$(XZ) $(KEPT)/*.jsonl

# Of each experiment in results/reference/, the last timed run, profile and ledger; a gate has a
# page of its own.
LAST = $(lastword $(sort $(filter-out $(patsubst %/gate.json,%,$(wildcard $(1)*/gate.json)),\
	$(patsubst %/$(2).jsonl.xz,%,$(wildcard $(1)*/$(2).jsonl.xz)))))
report artifact paper print-runs: RUNS = $(foreach kind,samples profile faults,\
	$(foreach experiment,$(sort $(wildcard results/reference/*/)),$(call LAST,$(experiment),$(kind))))
report: ## report.html, numbers.tex, tables and figures from results/reference/ alone, into results/report/
	$(PYTHON) -m analysis report $(RUNS) --out results/report

# ANONYMOUS=1: for double-blind review. DIRTY=1: although files differ from HEAD, which is packed.
OUT = results/artifact.tar.xz
artifact: ## sources, stored runs, report and appendix in one tar (ANONYMOUS=1, OUT=results/artifact.tar.xz)
	$(PYTHON) -m analysis artifact $(RUNS) --out $(OUT) $(if $(ANONYMOUS),--anonymous) $(if $(DIRTY),--dirty)

# Their quick forms; one that is VOID by chance ends it, and the same command goes on.
CONTRIBUTED = phase17 phase18 toggle peers null
contribute: all ## measure this machine for "elsewhere" (4 minutes), as a folder to send
	@build/slablab doctor
	@for experiment in $(CONTRIBUTED); do \
		ls results/contribution/runs/$$experiment/*/outcome.json >/dev/null 2>&1 || \
		build/slablab run experiments/$$experiment.yaml --quick --out results/contribution/runs || exit; done
	@$(PYTHON) -m analysis.report.contribution results/contribution/runs/*/* --out results/contribution/machines
	@tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --directory=results/contribution --create --xz \
		--file=results/contribution.tar.xz machines
	@echo 'results/contribution.tar.xz: to be sent, and unpacked in results/reference/'

# Its text, once for ACM's columns and once for IEEE's; twice each, for tables find their widths.
PAPER = results/paper
PRINTED = $(foreach experiment,phase17 phase18 regime where_17-2,$(filter results/reference/$(experiment)/%,$(RUNS)))
LATEX = TEXINPUTS=.:$(CURDIR)/docs/paper: pdflatex -halt-on-error -interaction=batchmode
paper: ## docs/paper from results/reference/, as ACM and IEEE print it (needs TeX: .ci/paper.sh installs it)
	$(PYTHON) -m analysis report $(PRINTED) --style docs/paper/style.yaml --out $(PAPER)
	$(PYTHON) -m analysis claims --out $(PAPER)
	$(PYTHON) -m analysis appendix --out $(PAPER)
	@for again in 1 2; do (cd $(PAPER) && $(LATEX) paper.tex && $(LATEX) -jobname=ieee '\def\venue{ieee}\input{paper.tex}') || exit; done
	@echo '$(PAPER)/paper.pdf (ACM), $(PAPER)/ieee.pdf (IEEE)'

manifest: ## store what make report made: a digest of each file, for .ci/run to compare with
	$(PYTHON) -m analysis manifest results/report --out results/reference/report.manifest

readme: ## draw the tables in README.md and results/reference/README.md anew from their runs
	$(PYTHON) -m analysis fill README.md results/reference/README.md

docs: ## draw the pictures in docs anew from stored runs
	$(PYTHON) -m analysis fill $(shell grep --files-with-matches '^<!-- end -->' docs/*.md docs/method/*.md)
	$(PYTHON) -m analysis why $(lastword $(sort $(wildcard results/reference/null/*/))) --out docs/method/why.png
	$(PYTHON) -m analysis.report.two_machines $(lastword $(sort $(wildcard results/reference/phase17/*/))) \
		--out docs/method/elsewhere.png

PREFIX = /usr/local
install: all ## PREFIX=/usr/local [DESTDIR=]: slablab in PREFIX/lib/slablab and PREFIX/bin, man pages, completion
	install/files.sh install $(BUILD) $(DESTDIR)$(PREFIX)

uninstall: ## PREFIX=/usr/local [DESTDIR=]: remove what install has put there, and nothing else
	install/files.sh uninstall $(DESTDIR)$(PREFIX)

deb: all ## Debian packages in build/deb: slablab, and slablab-report with tables and reports
	install/deb.sh $(BUILD) $(BUILD)/deb

setup: ## install what is missing (apt, as root or with sudo)
	@./run_all.sh --setup

metrics: $(BUILD)/slablab ## write the harness's table of metrics where the analysis finds it for stored plans
	$(BUILD)/slablab list metrics --json > analysis/records/metrics.json

commands: ## write the analysis's table of commands where slablab finds it for help and man pages
	$(PYTHON) -m analysis.described > analysis/commands.json

print-runs:
	@echo $(RUNS)

print-python:
	@echo $(PYTHON)

# Tests lock one another out, and not a measurement on this machine.
check test test-all test-c test-python: export SLABLAB_LOCK = $(CURDIR)/$(BUILD)/lock

# build, WHAT: by all CPUs. steps, NAMES: those of .ci/tests.sh, run by .ci/steps.py.
build = @began=$$(date +%s) && $(MAKE) --no-print-directory --jobs=$$(nproc) $(1) && \
	echo "build: $$(($$(date +%s) - began)) s"
steps = @UNITS='$(filter-out $(BUILD)/allocators/% %/test_resume,$(TESTS))' PYTHON='$(PYTHON)' \
	MEASURING='$(filter %/test_resume,$(TESTS)) $(TEST_SCRIPTS)' .ci/tests.sh $(BUILD) $(1) > $(BUILD)/$@.steps && python3 .ci/steps.py $(BUILD)/$@.steps $(PART)
SHORT_PREFIXED = PREFIXED_TESTS='conformance fuzz'

check: ## the quick tests: style, units, one phase (PHASE=ss-reuse); 2 minutes on 2 CPUs
	$(call build,all tests)
	$(call steps,style units phase=$(PHASE) python-quick)

test: setup ## build, and test all of it; 10 minutes on 2 CPUs
	$(call build,all planted tests debugged sanitized $(SHORT_PREFIXED))
	$(call steps,style units phases fuzz sanitize programs measuring python)

test-all: setup ## what is too much for make test: all programs and allocators, long walks, the paper; PART=3/8
	$(call build,all tests debugged sanitized)
	$(call steps,programs-all fuzz-long sanitize-long paper)

test-c: ## the tests in C and shell
	$(call build,all planted tests debugged sanitized $(SHORT_PREFIXED))
	$(call steps,units phases fuzz sanitize programs measuring)

test-python: ## the tests in Python
	$(call build,$(BUILD)/slablab)
	$(call steps,python)

fuzz-inputs: ## SECONDS=600: libFuzzer over the records, experiments and objects that the harness reads
	@$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)/fuzzer SANITIZE=fuzzer-no-link,address,undefined \
		$(BUILD)/fuzzer/harness/fuzz_inputs
	@harness/tests/fuzz/inputs.sh $(BUILD) $(SECONDS)

test-style: ## the house style, as far as a machine sees it
	@mkdir -p $(BUILD)
	$(call steps,style)

sanitize: ## the tests that can under AddressSanitizer, UBSan and ThreadSanitizer
	$(call build,allocators sanitized)
	$(call steps,sanitize-long)

tests: $(TESTS)

conformance: allocators tests ## what of the malloc API each phase and each peer does not hold
	@allocators/tests/conformance.sh $(BUILD) table

golden: allocators tests ## write down the instructions of every straight path: a decision
	@allocators/tests/paths.sh $(BUILD) accept

mutants: tests ## does a test die of every small fault in the code of verdicts? (minutes)
	@$(PYTHON) .ci/mutants.py

lint: ## clang-tidy and cppcheck over the C, shellcheck over the shell
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem \
		'-Djson_array_foreach(array,i,item)=for(i=0;(item=json_array_get(array,i));i++)' \
		'-Djson_object_foreach(object,key,item)=for(key=first_key(object);(item=json_object_get(object,key));)' \
		-I. -Iallocators -Iharness -Iworkloads allocators harness workloads
	git ls-files 'allocators/*.c' 'harness/*.c' 'workloads/*.c' | xargs --max-procs=2 -I{} \
		clang-tidy --quiet --warnings-as-errors='*' {} -- -std=gnu11 -fno-builtin -I. -Iallocators -Iharness \
		-Iworkloads -DBUILD_COMPILER='""' -DBUILD_FLAGS='""' -DSLABLAB_VERSION='""' -DPHASES_OVER='""'
	shellcheck $$(git ls-files '*.sh' .ci/run)

.PHONY: paper artifact install uninstall deb commands contribute fuzz-inputs programs docs metrics manifest always check certify certificate mutants keep sanitize report readme all help allocators planted phases workloads bench-harness against-perf bench-analysis setup print-python print-runs test tests test-all test-c test-python test-style conformance golden lint clean
.SECONDARY:

clean: ## remove what was built
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
