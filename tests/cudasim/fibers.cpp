/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels: the threads of one block at a time, as fibers of this thread.
 *
 * A fiber runs a thread until it has to wait and, when the thread ends, goes on with the next one
 * that was not started yet, so that kernels without barriers never switch.
 */
#include <sys/mman.h>
#include <ucontext.h>

#include <vector>

#include "tests/cudasim/cudasim.h"
#include "tests/cudasim/parts.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

uint3 cudasim_thread_idx, cudasim_block_idx;
dim3 cudasim_block_dim, cudasim_grid_dim;

namespace
{

enum { BLOCK_MAX = 1024, STACK_BYTES = 256 * 1024 };
enum wait { WAIT_NOT, WAIT_BLOCK, WAIT_WARP, WAIT_ENDED };

/* ---- switching stacks ---- */

struct stack {
    char *memory;
#if defined(__x86_64__)
    void *sp;
#else
    ucontext_t context;
#endif
    void *fake; /* AddressSanitizer's */
};

#if defined(__x86_64__)
extern "C" void cudasim_switch(void **save, void *to) __attribute__((visibility("hidden")));
asm(R"(
    .text
    .type cudasim_switch, @function
cudasim_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size cudasim_switch, . - cudasim_switch
)");
#endif

#if defined(__SANITIZE_ADDRESS__)
/* The scheduler's stack, as AddressSanitizer names it when it is left for the first time. */
const void *main_bottom;
size_t main_bytes;
#endif

void stack_switch(stack *from, stack *to)
{
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(&from->fake, to->memory ? to->memory : main_bottom,
                                   to->memory ? (size_t)STACK_BYTES : main_bytes);
#endif
#if defined(__x86_64__)
    cudasim_switch(&from->sp, to->sp);
#else
    swapcontext(&from->context, &to->context);
#endif
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(from->fake, nullptr, nullptr);
#endif
}

/* ---- one block ---- */

struct fiber {
    stack s;
    unsigned thread;
};

struct thread {
    fiber *on;
    wait waits;
    unsigned mask, source;
    uint64_t brought, got;
};

struct block {
    unsigned n, n_started, n_ended, n_at_barrier;
    const std::function<void()> *body;
    thread threads[BLOCK_MAX];
    uint3 index[BLOCK_MAX];
    unsigned waiting[BLOCK_MAX / 32]; /* lanes of each warp that wait for others of it */
    unsigned order[BLOCK_MAX];        /* in which threads start and go on after a barrier */
    unsigned queue[BLOCK_MAX];        /* threads that may go on */
    unsigned head, n_queued;
    uint64_t dice;
    unsigned current;
    stack scheduler;
    std::vector<fiber *> all, idle;
    std::vector<uint64_t> shared;
};

block now;
unsigned order_mode;

extern "C" char __start_cudasim_shared[] __attribute__((weak, visibility("hidden")));
extern "C" char __stop_cudasim_shared[] __attribute__((weak, visibility("hidden")));

uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15U);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

void make_order(unsigned *order, unsigned n, uint64_t salt)
{
    for (unsigned i = 0; i < n; i++) {
        order[i] = order_mode == 1 ? n - 1 - i : i;
    }
    uint64_t state = order_mode * 0x100000001b3U + salt;
    for (unsigned i = n; order_mode > 1 && i > 1; i--) {
        std::swap(order[i - 1], order[next_random(&state) % i]);
    }
}

void queue_push(unsigned t)
{
    now.threads[t].waits = WAIT_NOT;
    now.queue[(now.head + now.n_queued++) % BLOCK_MAX] = t;
}

/* In ascending order the first goes on first, in descending order the last: then one warp runs as
 * far ahead of the others as it can. */
unsigned queue_pop()
{
    unsigned at = order_mode == 1 ? now.n_queued - 1 : 0;
    if (order_mode > 1) {
        at = (unsigned)(next_random(&now.dice) % now.n_queued);
    }
    const unsigned t = now.queue[(now.head + at) % BLOCK_MAX];
    if (at == 0) {
        now.head = (now.head + 1) % BLOCK_MAX;
    } else {
        now.queue[(now.head + at) % BLOCK_MAX] =
            now.queue[(now.head + now.n_queued - 1) % BLOCK_MAX];
    }
    now.n_queued--;
    return t;
}

void become(unsigned t)
{
    now.current = t;
    cudasim_thread_idx = now.index[t];
}

/* The current thread stops here until it is queued again and its turn comes. */
void wait_here()
{
    const unsigned t = now.current;
    stack_switch(&now.threads[t].on->s, &now.scheduler);
    become(t);
}

fiber *fiber_first; /* the one that is being entered for the first time */

void fiber_main()
{
    fiber *self = fiber_first;
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(nullptr, &main_bottom, &main_bytes);
#endif
    for (;;) {
        unsigned t = self->thread;
        for (;;) {
            now.threads[t].on = self;
            become(t);
            (*now.body)();
            now.threads[t].waits = WAIT_ENDED;
            now.n_ended++;
            if (now.n_started == now.n || (now.n_queued && order_mode & 1U)) {
                break;
            }
            t = now.order[now.n_started++];
        }
        now.idle.push_back(self);
        stack_switch(&self->s, &now.scheduler);
    }
}

fiber *fiber_new()
{
    fiber *f = new fiber();
    void *memory =
        mmap(nullptr, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    f->s.memory = static_cast<char *>(memory);
#if defined(__x86_64__)
    /* Six registers, the address to return to, and the stack as after a call. */
    void **top = reinterpret_cast<void **>(f->s.memory + STACK_BYTES) - 8;
    top[6] = reinterpret_cast<void *>(fiber_main);
    f->s.sp = top;
#else
    getcontext(&f->s.context);
    f->s.context.uc_stack.ss_sp = f->s.memory;
    f->s.context.uc_stack.ss_size = STACK_BYTES;
    makecontext(&f->s.context, fiber_main, 0);
#endif
    now.all.push_back(f);
    return f;
}

void start_thread(unsigned t)
{
    fiber *f;
    if (now.idle.empty()) {
        f = fiber_new();
        fiber_first = f;
    } else {
        f = now.idle.back();
        now.idle.pop_back();
    }
    f->thread = t;
    stack_switch(&now.scheduler, &f->s);
}

/* Stacks of threads that never ended cannot be used again. */
void drop_fibers()
{
    for (fiber *f : now.all) {
        munmap(f->s.memory, STACK_BYTES);
        delete f;
    }
    now.all.clear();
    now.idle.clear();
}

void tell_stuck()
{
    unsigned at_warp = 0, first = now.n;
    for (unsigned t = 0; t < now.n; t++) {
        at_warp += now.threads[t].waits == WAIT_WARP;
        first = now.threads[t].waits != WAIT_ENDED && t < first ? t : first;
    }
    cudasim_trouble_note("block %u,%u never ends: of %u threads %u left the kernel, %u wait at "
                         "__syncthreads, %u for lanes of their warp; the first is thread %u (mask "
                         "%08x)",
                         cudasim_block_idx.x, cudasim_block_idx.y, now.n, now.n_ended,
                         now.n_at_barrier, at_warp, first, now.threads[first].mask);
}

bool run_block()
{
    now.n_started = now.n_ended = now.n_at_barrier = now.n_queued = now.head = 0;
    for (unsigned t = 0; t < now.n; t++) {
        now.threads[t].waits = WAIT_NOT;
    }
    memset(now.waiting, 0, sizeof now.waiting);
    if (__start_cudasim_shared) {
        memset(__start_cudasim_shared, 0xff,
               (size_t)(__stop_cudasim_shared - __start_cudasim_shared));
    }
    memset(now.shared.data(), 0xff, now.shared.size() * sizeof(uint64_t));
    while (now.n_queued || now.n_started < now.n) {
        const bool resumes = now.n_queued && (order_mode & 1U || now.n_started == now.n);
        if (resumes) {
            const unsigned t = queue_pop();
            stack_switch(&now.scheduler, &now.threads[t].on->s);
        } else {
            start_thread(now.order[now.n_started++]);
        }
    }
    if (now.n_ended < now.n) {
        tell_stuck();
        drop_fibers();
        return false;
    }
    return true;
}

} // namespace

/* ---- what kernels call ---- */

void *cudasim_dynamic_shared(void)
{
    return now.shared.data();
}

unsigned cudasim_lane(void)
{
    return now.current % 32;
}

void cudasim_sync_block(void)
{
    now.threads[now.current].waits = WAIT_BLOCK;
    if (++now.n_at_barrier == now.n) {
        now.n_at_barrier = 0;
        for (unsigned i = 0; i < now.n; i++) {
            queue_push(now.order[i]);
        }
    }
    wait_here();
}

/* Everybody of the mask is here: hands out what each asked for and lets the others go on. */
static void release_warp(unsigned first, unsigned mask)
{
    now.waiting[first / 32] &= ~mask;
    uint64_t ballot = 0;
    for (unsigned i = 0; i < 32; i++) {
        ballot |= (mask >> i & 1U) && now.threads[first + i].brought == 1 ? (uint64_t)1 << i : 0;
    }
    unsigned lanes[32];
    make_order(lanes, 32, first);
    for (unsigned lane : lanes) {
        if (!(mask >> lane & 1U)) {
            continue;
        }
        thread *t = &now.threads[first + lane];
        if (t->source == CUDASIM_BALLOT) {
            t->got = ballot;
        } else if (mask >> t->source & 1U) {
            t->got = now.threads[first + t->source].brought;
        } else {
            cudasim_trouble_note("lane %u shuffles from lane %u, which is not in the mask %08x",
                                 lane, t->source, mask);
            t->got = ~(uint64_t)0;
        }
        queue_push(first + lane);
    }
}

uint64_t cudasim_meet(unsigned mask, uint64_t value, unsigned source)
{
    const unsigned lane = cudasim_lane(), first = now.current - lane;
    thread *self = &now.threads[now.current];
    if (!(mask >> lane & 1U)) {
        cudasim_trouble_note("lane %u calls with the mask %08x, which is without it", lane, mask);
        return value;
    }
    *self = thread{self->on, WAIT_WARP, mask, source, value, 0};
    unsigned *waiting = &now.waiting[first / 32];
    *waiting |= 1U << lane;
    bool all_here = (*waiting & mask) == mask;
    for (unsigned i = 0; all_here && i < 32; i++) {
        all_here = !(mask >> i & 1U) || now.threads[first + i].mask == mask;
    }
    if (all_here) {
        release_warp(first, mask);
    }
    wait_here();
    return self->got;
}

bool cudasim_run_grid(dim3 grid, dim3 dim, size_t shared_bytes, const std::function<void()> &body)
{
    cudasim_grid_dim = grid;
    cudasim_block_dim = dim;
    now.n = dim.x * dim.y * dim.z;
    now.body = &body;
    now.shared.assign(shared_bytes / sizeof(uint64_t) + 1, 0);
    const unsigned n_blocks = grid.x * grid.y * grid.z;
    std::vector<unsigned> blocks(n_blocks);
    now.dice = order_mode;
    make_order(blocks.data(), n_blocks, 7);
    make_order(now.order, now.n, 11);
    for (unsigned t = 0; t < now.n; t++) {
        now.index[t] = uint3{t % dim.x, t / dim.x % dim.y, t / (dim.x * dim.y)};
    }
    for (unsigned i : blocks) {
        cudasim_block_idx = uint3{i % grid.x, i / grid.x % grid.y, i / (grid.x * grid.y)};
        if (!run_block()) {
            return false;
        }
    }
    return true;
}

extern "C" void cudasim_set_order(unsigned order)
{
    order_mode = order;
}
