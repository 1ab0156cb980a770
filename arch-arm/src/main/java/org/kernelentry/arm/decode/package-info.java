/** Instruction decoding of arm into the intermediate form. */
@NullMarked
package org.kernelentry.arm.decode;

import org.jspecify.annotations.NullMarked;
