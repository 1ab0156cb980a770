/** The second engine: blocks of the intermediate form as bytecode of the JVM. */
@NullMarked
package org.kernelentry.machine.translate;

import org.jspecify.annotations.NullMarked;
