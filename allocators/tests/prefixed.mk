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
PREFIXED_TESTS = conformance alignment fuzz misuse model threads ledger
OBJECT_FLAGS = $(filter-out -shared -Wl$(comma)%,$(ALLOCATOR_FLAGS))
SANITIZED_LIBC = $(if $(SANITIZE),$(PREFIXED)/tests/sanitizers/libc.o)
comma = ,

prefixed: $(PHASES:%=$(PREFIXED)/lib%.so) ## the phases as libraries that leave malloc alone
prefixed: $(foreach phase,$(PHASES),$(PREFIXED_TESTS:%=$(PREFIXED)/$(phase)/%))

$(PREFIXED)/%.o: allocators/phases/%.c $(PREFIXED_NAMES) $(BUILD)/flags
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(OBJECT_FLAGS) $(DEPENDENCIES) -c -o $@ $<
	@objcopy --redefine-syms=$(PREFIXED_NAMES) $@
	$(if $(SANITIZE),@objcopy --redefine-syms=allocators/tests/sanitizers/libc.names $@)

$(PREFIXED)/tests/%.o: CFLAGS += -DPHASES_OVER='"$(OVER)"'
$(PREFIXED)/tests/%.o: allocators/tests/%.c $(PREFIXED_NAMES) $(BUILD)/flags $(BUILD)/over
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(CFLAGS) -fno-builtin -Iallocators $(DEPENDENCIES) -c -o $@ $<
	@objcopy --redefine-syms=$(PREFIXED_NAMES) $@

$(PREFIXED)/lib%.so: $(PREFIXED)/%.o $(SANITIZED_LIBC)
	$(QUIET) $(CC) $(ALLOCATOR_FLAGS) -o $@ $^ -pthread

# One rule for each phase: a pattern has one stem only.
define prefixed_programs
$(PREFIXED)/$(1)/%: $(PREFIXED)/tests/%.o $(PREFIXED)/$(1).o $(SANITIZED_LIBC)
	@mkdir -p $$(@D)
	$$(QUIET) $$(CC) $$(CFLAGS) -o $$@ $$^ -lcmocka -pthread
endef
$(foreach phase,$(PHASES),$(eval $(call prefixed_programs,$(phase))))

# Coverage is of the phase alone: what the walk reaches in itself is not worth a corpus.
$(PREFIXED)/tests/fuzz/libfuzzer.o: SANITIZERS =
$(PREFIXED)/%/libfuzzer: $(PREFIXED)/tests/fuzz/libfuzzer.o $(PREFIXED)/%.o $(SANITIZED_LIBC)
	@mkdir -p $(@D)
	$(QUIET) $(CC) $(CFLAGS) -fsanitize=fuzzer -o $@ $^ -pthread

sanitized:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SANITIZE=address,undefined \
		PREFIXED_TESTS='$(PREFIXED_TESTS)' prefixed
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/tsan SANITIZE=thread PREFIXED_TESTS='$(PREFIXED_TESTS)' \
		prefixed workloads

# What `matrix.sh BUILD fuzz` names: the invariants are checked where the walk goes.
debugged:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/debug DEBUG=1 PREFIXED_TESTS=fuzz prefixed

PHASE = baseline
SECONDS = 60
fuzz: $(BUILD)/lib$(PHASE).so ## PHASE=ss-reuse SECONDS=600: libFuzzer over the malloc API of a phase
	@ls $$(clang -print-runtime-dir)/libclang_rt.fuzzer-x86_64.a >/dev/null 2>&1 || \
		{ echo 'fuzz: clang has no libFuzzer here; try: apt-get install clang libclang-rt-14-dev' >&2; exit 2; }
	@$(MAKE) --no-print-directory CC=clang DEBUG=1 BUILD=$(BUILD)/fuzzer SANITIZE=fuzzer-no-link,undefined \
		$(BUILD)/fuzzer/prefixed/$(PHASE)/libfuzzer
	@allocators/tests/fuzz/engine.sh $(BUILD) $(PHASE) $(SECONDS)

.PHONY: prefixed debugged sanitized fuzz
