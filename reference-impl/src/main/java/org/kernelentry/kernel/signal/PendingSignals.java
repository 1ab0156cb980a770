package org.kernelentry.kernel.signal;

import java.util.ArrayList;
import java.util.List;

/** {@code struct sigpending}: the set and the queued siginfos, oldest first. */
public final class PendingSignals {
    public SigSet set = SigSet.EMPTY;
    public final List<SigInfo> queue = new ArrayList<>();
}
