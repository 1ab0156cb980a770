/** Signals: queues, masks, actions, delivery and restart. */
@NullMarked
package org.kernelentry.kernel.signal;

import org.jspecify.annotations.NullMarked;
