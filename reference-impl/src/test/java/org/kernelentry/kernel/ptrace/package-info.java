/** Tests of ptrace. */
@NullMarked
package org.kernelentry.kernel.ptrace;

import org.jspecify.annotations.NullMarked;
