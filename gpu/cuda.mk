# SPDX-License-Identifier: Apache-2.0
#
# The CUDA back end and its tests; included by the Makefile.
#
#   make cuda        build/libhfterm_cuda.so (part of `make all` where nvcc is)
#   make check-gpu   compare it with the CPU on this machine's device
#   make bench-gpu   time it against floors measured in the same run
#
# check-gpu and bench-gpu need nvcc, a C compiler and a device, none of hfterm's libraries.
# Variables: NVCC, CUDA_ARCHS.

NVCC       ?= $(firstword $(shell command -v nvcc 2>/dev/null) $(wildcard /usr/local/cuda/bin/nvcc))
# Machine code for these, and for what comes later the last one's PTX.
CUDA_ARCHS ?= 75 80 86 89 90
CUDA_LIB   := $(BUILD)/libhfterm_cuda.so
CUDA_SRC   := $(sort $(wildcard gpu/arrcoc/*.cu))
# Work that is the host's in both back ends.
CUDA_SHARED := core/arrcoc/slic_clean
CUDA_OBJ   := $(CUDA_SRC:%.cu=$(BUILD)/cuda/%.o) $(CUDA_SHARED:%=$(BUILD)/cuda/%.o)
CUDA_GEN    = $(foreach a,$(CUDA_ARCHS),-gencode arch=compute_$(a),code=sm_$(a)) \
              -gencode arch=compute_$(lastword $(CUDA_ARCHS)),code=compute_$(lastword $(CUDA_ARCHS))
# No contraction: the device does what the CPU does, operation by operation.
CUDA_FLAGS  = -std=c++17 -O3 --fmad=false -I. $(CUDA_GEN) $(if $(WERROR),-Werror all-warnings) \
              -Xcompiler -fPIC,-fvisibility=hidden,-ffp-contract=off,-fstack-protector-strong,-Wall

SHARED_FLAGS = -std=c17 $(OPT) $(WARN) $(WERROR) -I. -fPIC -fvisibility=hidden \
               -fstack-protector-strong

.PHONY: cuda
cuda: $(CUDA_LIB)
all: $(if $(NVCC),$(CUDA_LIB))

$(BUILD)/cuda/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(NVCC) $(CUDA_FLAGS)' | cmp -s - $@ || echo '$(NVCC) $(CUDA_FLAGS)' > $@

$(BUILD)/cuda/%.o: %.cu $(BUILD)/cuda/flags
	@mkdir -p $(@D)
	@[ -n "$(NVCC)" ] || { echo "the CUDA back end needs nvcc, which is not on this machine"; exit 1; }
	$(Q)$(NVCC) $(CUDA_FLAGS) -MMD -MP -MF $(@:.o=.d) -c -o $@ $<
	@echo "  NVCC  $<"

$(BUILD)/cuda/%.o: %.c $(BUILD)/cuda/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(SHARED_FLAGS) -MMD -MP -c -o $@ $<
	@echo "  CC    $<"

# CUDA's own functions stay inside, so that another version of them in the process does no harm.
$(CUDA_LIB): $(CUDA_OBJ)
	$(Q)$(NVCC) -shared -cudart static $(CUDA_GEN) -o $@ $^ \
	  -Xcompiler -static-libstdc++,-static-libgcc \
	  -Xlinker --exclude-libs,ALL,-z,relro,-z,now,-z,defs
	@echo "  LINK  $@"

# ---- the same sources on a simulated device (tests/cudasim) --------------------------------------

SIM_LIB    := $(BUILD)/tests/libhfterm_cuda_sim.so
SIM_OBJ    := $(CUDA_SRC:%.cu=$(BUILD)/sim/%.o) $(CUDA_SHARED:%=$(BUILD)/sim/%.o) \
              $(patsubst %,$(BUILD)/sim/%.o,$(basename $(wildcard tests/cudasim/*.cpp tests/cudasim/*.cu)))
SIM_FLAGS   = -std=c++17 $(OPT) -O2 -Itests/cudasim -I. -Wall -Wextra $(WERROR) \
              -Wno-unknown-pragmas -ffp-contract=off -fno-math-errno -fPIC -fvisibility=hidden \
              $(SAN)

$(BUILD)/sim/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CXX) $(SIM_FLAGS)' | cmp -s - $@ || echo '$(CXX) $(SIM_FLAGS)' > $@

$(BUILD)/sim/%.o: %.cu $(BUILD)/sim/flags
	@mkdir -p $(@D)
	$(Q)$(CXX) $(SIM_FLAGS) -MMD -MP -x c++ -c -o $@ $<
	@echo "  SIM   $<"

$(BUILD)/sim/%.o: %.cpp $(BUILD)/sim/flags
	@mkdir -p $(@D)
	$(Q)$(CXX) $(SIM_FLAGS) -MMD -MP -c -o $@ $<
	@echo "  CXX   $<"

$(BUILD)/sim/%.o: %.c $(BUILD)/sim/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(SHARED_FLAGS) $(SAN) -MMD -MP -c -o $@ $<
	@echo "  CC    $<"

$(SIM_LIB): $(SIM_OBJ)
	@mkdir -p $(@D)
	$(Q)$(CXX) -shared $(SAN) -o $@ $^
	@echo "  LINK  $@"

# Without a C++ compiler the test says that it was skipped.
$(BUILD)/tests/test_cuda_sim: | $(if $(shell command -v $(CXX) 2>/dev/null),$(SIM_LIB))

-include $(shell find $(BUILD)/cuda $(BUILD)/sim -name '*.d' 2>/dev/null)

# ---- on a device -----------------------------------------------------------------------------------

# The engine without what needs hfterm's libraries, built without them.
BARE_SRC   := $(filter-out core/arrcoc/prompt.c,$(wildcard core/arrcoc/*.c)) \
              $(patsubst %,core/base/%.c,err buf mem file clock) $(wildcard core/format/safetensors*.c)
BARE_OBJ   := $(BARE_SRC:%.c=$(BUILD)/bare/%.o)
BARE_FLAGS := -std=c17 -O3 -g -I. -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -Wall -Wextra \
              -ffp-contract=off -fno-math-errno -fno-trapping-math -pthread

$(BUILD)/bare/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(BARE_FLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/bare/libarrcoc.a: $(BARE_OBJ)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/check_gpu: $(BUILD)/bare/tests/gpu/check_gpu.o $(BUILD)/bare/libarrcoc.a
	$(Q)$(CC) -pthread -o $@ $^ -ldl -lm
	@echo "  LINK  $@"

# Memory and races are looked at with fewer rounds: the sanitizer is a hundred times slower.
SANITIZER  := $(firstword $(shell command -v compute-sanitizer 2>/dev/null) \
              $(wildcard /usr/local/cuda/bin/compute-sanitizer))
.PHONY: check-gpu
check-gpu: $(BUILD)/check_gpu $(CUDA_LIB)
	HFTERM_CUDA_LIB=$(CUDA_LIB) $(BUILD)/check_gpu
	$(if $(SANITIZER),for t in memcheck racecheck; do HFTERM_CUDA_LIB=$(CUDA_LIB) $(SANITIZER) \
	  --tool $$t --error-exitcode 9 $(BUILD)/check_gpu 2 || exit 1; done,\
	  @echo "# compute-sanitizer is not here: no look at memory and races")

-include $(shell find $(BUILD)/bare -name '*.d' 2>/dev/null)

$(BUILD)/bench_gpu: tests/gpu/bench_gpu.cu $(CUDA_OBJ)
	$(Q)$(NVCC) -std=c++17 -O3 --fmad=false -I. $(CUDA_GEN) -cudart static -o $@ $^
	@echo "  LINK  $@"

# REFERENCE: a checkout of the Python reference; KORNIA: a folder with kornia; PYTHON has torch.
PYTHON     ?= python3
.PHONY: bench-gpu
bench-gpu: $(BUILD)/bench_gpu
	$(BUILD)/bench_gpu
	@$(PYTHON) tests/gpu/bench_reference.py $(REFERENCE) $(KORNIA)
