/** Tests of signals. */
@NullMarked
package org.kernelentry.kernel.signal;

import org.jspecify.annotations.NullMarked;
