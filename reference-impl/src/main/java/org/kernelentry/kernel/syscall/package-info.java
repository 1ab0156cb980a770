/** The bodies of the system calls. */
@NullMarked
package org.kernelentry.kernel.syscall;

import org.jspecify.annotations.NullMarked;
