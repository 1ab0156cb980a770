/** The intermediate form every architecture decodes to. */
@NullMarked
package org.kernelentry.machine.ir;

import org.jspecify.annotations.NullMarked;
