/** Context tracking, RCU, lockdep and preemption state, with the checks of the kernel's debug options. */
@NullMarked
package org.kernelentry.kernel.tracking;

import org.jspecify.annotations.NullMarked;
