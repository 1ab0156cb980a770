/** Systems under test behind one port. */
@NullMarked
package org.kernelentry.runner.system;

import org.jspecify.annotations.NullMarked;
