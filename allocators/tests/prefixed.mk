# prefixed.mk -- phases whose names do not replace malloc, and test programs that call those names.
#
#   build/prefixed/libss-reuse.so      slablab_malloc, slablab_free, ... for a program of any kind
#   build/prefixed/ss-reuse/model      allocators/tests/model.c over them, linked together
#
# The sources know nothing of it: objcopy renames the symbols of prefixed.names in the objects of both
# sides, so that the code under test is the timing build's, instruction for instruction. The process's
# own malloc stays what it is: a sanitizer's, libFuzzer's, cmocka's.
#
# SPDX-License-Identifier: MIT
PREFIXED = $(BUILD)/prefixed
PREFIXED_NAMES = allocators/tests/prefixed.names
PREFIXED_TESTS = conformance alignment misuse model threads
OBJECT_FLAGS = $(filter-out -shared -Wl$(comma)%,$(ALLOCATOR_FLAGS))
comma = ,

prefixed: $(PHASES:%=$(PREFIXED)/lib%.so) ## the phases as libraries that leave malloc alone
prefixed: $(foreach phase,$(PHASES),$(PREFIXED_TESTS:%=$(PREFIXED)/$(phase)/%))

$(PREFIXED)/%.o: allocators/phases/%.c $(PREFIXED_NAMES) $(BUILD)/flags
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(OBJECT_FLAGS) $(DEPENDENCIES) -c -o $@ $<
	@objcopy --redefine-syms=$(PREFIXED_NAMES) $@

$(PREFIXED)/tests/%.o: allocators/tests/%.c $(PREFIXED_NAMES) $(BUILD)/flags
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(CFLAGS) -fno-builtin -Iallocators $(DEPENDENCIES) -c -o $@ $<
	@objcopy --redefine-syms=$(PREFIXED_NAMES) $@

$(PREFIXED)/lib%.so: $(PREFIXED)/%.o
	$(QUIET) $(CC) $(ALLOCATOR_FLAGS) -o $@ $< -pthread

# One rule for each phase: a pattern has one stem only.
define prefixed_programs
$(PREFIXED)/$(1)/%: $(PREFIXED)/tests/%.o $(PREFIXED)/$(1).o
	@mkdir -p $$(@D)
	$$(QUIET) $$(CC) $$(CFLAGS) -o $$@ $$^ -lcmocka -pthread
endef
$(foreach phase,$(PHASES),$(eval $(call prefixed_programs,$(phase))))

.PHONY: prefixed
