/** Signal frames of x86 in guest memory and the way back from them. */
@NullMarked
package org.kernelentry.x86.signal;

import org.jspecify.annotations.NullMarked;
