/** Tests of system call bodies. */
@NullMarked
package org.kernelentry.kernel.syscall;

import org.jspecify.annotations.NullMarked;
