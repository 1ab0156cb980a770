/** Signal frames of arm in guest memory and the way back from them. */
@NullMarked
package org.kernelentry.arm.signal;

import org.jspecify.annotations.NullMarked;
