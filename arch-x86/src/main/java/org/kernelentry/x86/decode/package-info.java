/** Instruction decoding of x86 into the intermediate form. */
@NullMarked
package org.kernelentry.x86.decode;

import org.jspecify.annotations.NullMarked;
