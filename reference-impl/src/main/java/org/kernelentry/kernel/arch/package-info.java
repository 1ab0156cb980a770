/** What the kernel model asks of an architecture. */
@NullMarked
package org.kernelentry.kernel.arch;

import org.jspecify.annotations.NullMarked;
