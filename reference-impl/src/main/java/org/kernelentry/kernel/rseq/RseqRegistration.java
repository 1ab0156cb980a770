package org.kernelentry.kernel.rseq;

import static org.kernelentry.kernel.rseq.Rseq.RSEQ_FLAG_UNREGISTER;
import static org.kernelentry.kernel.syscall.Errno.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.Task;

/** What rseq(2) checks and writes. Source: linux v7.3 kernel/rseq.c rseq_register(), rseq_unregister(), rseq_length_valid(). */
final class RseqRegistration {
    static final int RSEQ_FLAG_SLICE_EXT_DEFAULT_ON = 1 << 1;
    static final int RSEQ_CS_FLAG_SLICE_EXT_AVAILABLE = 1 << 4;
    static final int RSEQ_CS_FLAG_SLICE_EXT_ENABLED = 1 << 5;

    static final int ORIG_RSEQ_SIZE = 32;
    /** Feature size from node and concurrency id on until slice extensions. */
    private static final int SINCE_NODE_ID_FEATURE_SIZE = 28;

    private final Kernel k;
    private final RseqArea area;
    private final RseqSlice slice;

    RseqRegistration(final Kernel kernel, final RseqArea area, final RseqSlice slice) {
        this.k = kernel;
        this.area = area;
        this.slice = slice;
    }

    private boolean legacy() {
        return k.config.version() < Rseq.SINCE_EVENTS;
    }

    long register(final Task task, final long address, final int len, final int flags, final int sig) {
        final RseqState rseq = task.rseq;
        final int known = k.config.version() >= Rseq.SINCE_SLICE ? RSEQ_FLAG_SLICE_EXT_DEFAULT_ON : 0;
        if ((flags & ~known) != 0) {
            return -EINVAL;
        }
        if (rseq.area != 0) {
            if (rseq.area != address || rseq.length != len) {
                return -EINVAL;
            }
            return rseq.signature != sig ? -EPERM : -EBUSY;
        }
        if (!lengthValid(address, len)) {
            return -EINVAL;
        }
        if (!task.requireMm().accessOk(address, Integer.toUnsignedLong(len))) {
            return -EFAULT;
        }
        return set(task, address, len, flags, sig);
    }

    private boolean lengthValid(final long address, final int length) {
        if (length == ORIG_RSEQ_SIZE) {
            return (address & ORIG_RSEQ_SIZE - 1) == 0;
        }
        if (k.config.version() < Rseq.SINCE_NODE_ID || Integer.compareUnsigned(length, ORIG_RSEQ_SIZE) < 0) {
            return false;
        }
        final boolean sliced = k.config.version() >= Rseq.SINCE_SLICE;
        final int features = sliced ? RseqArea.FEATURE_SIZE : SINCE_NODE_ID_FEATURE_SIZE;
        // The power of two that holds all features, as AT_RSEQ_ALIGN says.
        final int align = sliced ? Integer.highestOneBit(features - 1) << 1 : ORIG_RSEQ_SIZE;
        return (address & align - 1) == 0 && Integer.compareUnsigned(length, features) >= 0;
    }

    private long set(final Task task, final long address, final int length, final int flags, final int sig) {
        final RseqState rseq = task.rseq;
        final boolean extended = k.arch.selectsGenericIrqEntry() && Integer.compareUnsigned(length, ORIG_RSEQ_SIZE) > 0;
        final int version = extended && !legacy() ? 2 : 1;
        int advertised = 0;
        if (version > 1 && slice.available()) {
            advertised = RSEQ_CS_FLAG_SLICE_EXT_AVAILABLE;
            advertised |= (flags & RSEQ_FLAG_SLICE_EXT_DEFAULT_ON) != 0 ? RSEQ_CS_FLAG_SLICE_EXT_ENABLED : 0;
        }
        if (!initArea(task, address, version, advertised)) {
            return -EFAULT;
        }
        rseq.area = address;
        rseq.length = length;
        rseq.signature = sig;
        rseq.version = version;
        rseq.sliceEnabled = (advertised & RSEQ_CS_FLAG_SLICE_EXT_ENABLED) != 0;
        return 0;
    }

    /** What registration writes. A section left over from an earlier thread is forgotten, lest the first return kills. */
    private boolean initArea(final Task task, final long at, final int version, final int flags) {
        if (k.config.version() < Rseq.SINCE_NODE_ID) {
            return true;
        }
        if (legacy()) {
            return k.user.get(task, at + RseqArea.RSEQ_CS, 8)
                    && (k.user.value == 0 || k.user.put(task, at + RseqArea.RSEQ_CS, 8, 0));
        }
        return k.user.put(task, at + RseqArea.RSEQ_CS, 8, 0)
                && k.user.put(task, at + RseqArea.FLAGS, 4, flags)
                && k.user.put(task, at + RseqArea.CPU_ID_START, 4, RseqState.UNINITIALIZED)
                && k.user.put(task, at + RseqArea.CPU_ID, 4, RseqState.UNINITIALIZED)
                && k.user.put(task, at + RseqArea.NODE_ID, 4, 0)
                && k.user.put(task, at + RseqArea.MM_CID, 4, 0)
                && (version == 1 || k.user.put(task, at + RseqArea.SLICE_CTRL, 4, 0));
    }

    long unregister(final Task task, final long address, final int length, final int flags, final int sig) {
        final RseqState rseq = task.rseq;
        if ((flags & ~RSEQ_FLAG_UNREGISTER) != 0 || rseq.area == 0 || rseq.area != address || rseq.length != length) {
            return -EINVAL;
        }
        if (rseq.signature != sig) {
            return -EPERM;
        }
        final boolean extended = k.config.version() >= Rseq.SINCE_NODE_ID;
        final boolean reset = area.put(task, RseqArea.CPU_ID_START, 4, 0)
                && area.put(task, RseqArea.CPU_ID, 4, RseqState.UNINITIALIZED)
                && (!extended || area.put(task, RseqArea.NODE_ID, 4, 0))
                && (!extended || area.put(task, RseqArea.MM_CID, 4, 0));
        if (!reset) {
            if (!legacy()) {
                // The next return would try to update the same bad memory.
                k.signals.force(task, SigInfo.kernel(Signals.SIGSEGV));
            }
            return -EFAULT;
        }
        return 0;
    }
}
