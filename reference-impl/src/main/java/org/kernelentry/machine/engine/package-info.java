/** What runs the intermediate form: interpreter and translator, with cached blocks. */
@NullMarked
package org.kernelentry.machine.engine;

import org.jspecify.annotations.NullMarked;
