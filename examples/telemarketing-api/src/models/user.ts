import { InferSchemaType, model, Schema } from 'mongoose'

const schema = new Schema(
  {
    email: { type: String, required: true, lowercase: true, trim: true },
    passwordHash: { type: String, required: true, select: false },
    name: { type: String, required: true },
    role: { type: String, enum: ['admin', 'supervisor', 'agent'], required: true },
    active: { type: Boolean, required: true, default: true },
    // As empty as it is when it comes from the migration.
    preferences: { type: Schema.Types.Mixed, default: () => ({}) },
  },
  { timestamps: true, minimize: false },
)

export type UserFields = InferSchemaType<typeof schema>

/** Who may sign in. Indexes and validators are made by the migrations. */
export const User = model('User', schema, 'users')
