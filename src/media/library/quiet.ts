/** Keeps mediabunny from writing to the console: what is wrong with a file is said in the words of its cell. */
import { Logging, LogLevel } from 'mediabunny'

Logging.level = LogLevel.Silent
