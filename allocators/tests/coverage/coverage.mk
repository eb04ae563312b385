# coverage.mk -- which lines and branches of allocators/ the tests reach.
#
#   build/coverage/libss-reuse.so           the phase, instrumented, not optimized, behind shim.c
#   build/coverage/observe/libss-reuse.so   the observing build
#   build/coverage/debug/libss-reuse.so     the one that checks its invariants
#
# SPDX-License-Identifier: MIT
COVERAGE = $(BUILD)/coverage
INSTRUMENTED = $(filter-out -O2,$(OBJECT_FLAGS)) -O0 --coverage -fprofile-update=atomic
COVERED_BUILDS = . observe debug
COVERED = $(foreach build,$(COVERED_BUILDS),$(PHASES:%=$(COVERAGE)/$(build)/lib%.so))

$(COVERAGE)/%.o: FLAVOUR =
$(COVERAGE)/observe/%.o: FLAVOUR = -DOBSERVE
$(COVERAGE)/debug/%.o: FLAVOUR = -DDEBUG

define covered_phase
$(COVERAGE)/$(1)/%.o: allocators/phases/%.c $(PREFIXED_NAMES) $(BUILD)/flags
	@mkdir -p $$(@D)
	$$(QUIET) $$(CC) $$(INSTRUMENTED) $$(FLAVOUR) $$(DEPENDENCIES) -c -o $$@ $$<
	@objcopy --redefine-syms=$(PREFIXED_NAMES) $$@

$(COVERAGE)/$(1)/lib%.so: $(COVERAGE)/$(1)/%.o $(COVERAGE)/shim.o
	$$(QUIET) $$(CC) $$(ALLOCATOR_FLAGS) --coverage -o $$@ $$^ -pthread
endef
$(foreach build,$(COVERED_BUILDS),$(eval $(call covered_phase,$(build))))

$(COVERAGE)/shim.o: allocators/tests/coverage/shim.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(OBJECT_FLAGS) $(DEPENDENCIES) -c -o $@ $<

coverage: $(COVERED) tests ## lines and branches of allocators/ that the tests reach
	@allocators/tests/coverage/coverage.sh $(BUILD)

.PHONY: coverage
