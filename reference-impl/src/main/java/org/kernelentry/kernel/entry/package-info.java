/** Syscall, interrupt and NMI entry and exit, as generic entry does them. */
@NullMarked
package org.kernelentry.kernel.entry;

import org.jspecify.annotations.NullMarked;
